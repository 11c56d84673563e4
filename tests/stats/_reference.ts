import assert from "node:assert/strict";
import reference from "./reference.json" with { type: "json" };

/** What scikit-learn, SciPy and statsmodels computed once; reference.py beside it made it and names the versions. */
export { reference };

/** Whether two numbers, or lists of them, agree to `within` (absolute; 1e-9 unless given). */
export function close(actual: number | readonly number[], expected: number | readonly number[], within = 1e-9): void {
  const [got, wanted] = [[actual].flat(), [expected].flat()];
  assert.equal(got.length, wanted.length);
  got.forEach((value, index) => {
    assert.ok(Math.abs(value - wanted[index]) <= within, `[${index}]: ${value} is not ${wanted[index]}`);
  });
}
