/** Somebody with an account; every call is somebody else. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

let count = 0;

/** A person nobody has heard of, called `name`. */
export function newPerson(name: string): Person {
  count += 1;
  const username = `${name}${count}`;
  return { name: username, email: `${username.toLowerCase()}@people.example`, password: `${name} hoards shiny things ${count}` };
}
