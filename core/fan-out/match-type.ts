/**
 * The interests that an event of this type meets: the type itself, `prefix.*` for each shorter run of its
 * segments, and `*`. So `order.item.created` meets `order.item.*` and `order.*`, but `order` does not meet `order.*`.
 */
export function interestsMetBy(type: string): readonly string[] {
  const met = ['*', type];
  for (let dot = type.indexOf('.'); dot >= 0; dot = type.indexOf('.', dot + 1)) {
    met.push(`${type.slice(0, dot)}.*`);
  }
  return met;
}

/** Whether an event of this type meets an interest. */
export function typeMatches(interest: string, type: string): boolean {
  return interestsMetBy(type).includes(interest);
}
