namespace LastRef;

/// <summary>A fact of the behaviour specification that a reason rests on.</summary>
/// <param name="Id">Its number, such as <c>U-3.15</c>.</param>
/// <param name="HasWeight">True with at least one source of weight (tags D, H, F, W, K, A); false when it is only inferred (N, R).</param>
public readonly record struct Fact(string Id, bool HasWeight);
