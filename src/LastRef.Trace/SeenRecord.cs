namespace LastRef;

/// <summary>Something that a person would see on Windows at this point of the story.</summary>
/// <param name="Code">The number that goes with it; which one, <see cref="Where"/> says.</param>
/// <param name="Name">The code's name in the headers; empty when it has none.</param>
/// <param name="Text">What it says, in our words.</param>
public sealed record SeenRecord(SeenWhere Where, int Code, string Name, string Text) : TraceRecord;
