namespace LastRef.Tests;

public sealed class BlockTests
{
    internal static int Campaign(ulong seed, long count) => 0;
}
