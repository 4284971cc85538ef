namespace LastRef.Lab;

/// <summary>One thing that is wrong with a profile.</summary>
/// <param name="Line">From one.</param>
/// <param name="Column">In characters, from one.</param>
public sealed record ProfileProblem(string Path, int Line, int Column, string What)
{
    /// <summary>As compilers print it.</summary>
    public override string ToString() => $"{Path}:{Line}:{Column}: {What}";
}
