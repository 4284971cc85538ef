using Xunit.Runner.InProc.SystemConsole;

namespace LastRef.Tests;

internal static class Program
{
    /// <summary>The test runner, or with <c>--host-oracle SEED COUNT TRACE</c> the child that executes cases on the host processor.</summary>
    public static int Main(string[] args)
    {
        if (args is ["--host-oracle", var seed, var count, var trace])
            return HostOracle.Run(ulong.Parse(seed), long.Parse(count), trace == "trace");
        if (args is ["--host-far-returns", var fs, var fc])
            return FarReturnTests.OnHost(ulong.Parse(fs), long.Parse(fc));
        if (args is ["--unicorn", var s, var c])
            return UnicornTests.Campaign(ulong.Parse(s), long.Parse(c));
        if (args is ["--blocks", var bs, var bc])
            return BlockTests.Campaign(ulong.Parse(bs), long.Parse(bc));
        if (args.Any(arg => arg is "--server" or "--internal-msbuild-node"))
            return Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult();
        return ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }
}
