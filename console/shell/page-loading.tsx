import Spinner from '@cloudscape-design/components/spinner';

export function PageLoading() {
  return (
    <div className="page-loading" role="status" aria-label="Loading">
      <Spinner size="large" />
    </div>
  );
}
