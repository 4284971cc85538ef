using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LastRef;

/// <summary>A state that only a defect of LastRef can reach; checked in Release too, because a wrong verdict costs more than a crash.</summary>
public static class Invariant
{
    public static void Check(
        [DoesNotReturnIf(false)] bool condition, string what,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!condition)
            throw new InvariantException($"{what} ({Path.GetFileName(file)}:{line})");
    }
}
