using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace LastRef.Tests;

public sealed class HostTests(ITestOutputHelper output)
{
    [Fact]
    public void Single_instructions_leave_the_same_state_as_on_the_host_processor()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Assert.Skip("the host processor is an oracle on x64 Linux only");
        if (!Sse42.IsSupported || !X86Aes.IsSupported || !Bmi2.X64.IsSupported || !Pclmulqdq.IsSupported || !Popcnt.IsSupported || !Lzcnt.IsSupported)
            Assert.Skip("the host processor lacks SSE4.2, AES, PCLMULQDQ or BMI");
        (int exit, string text) = Child("--host-oracle", "20261122", $"{CampaignSize.Host}", "quiet");
        if (exit is not (0 or 1))
            text = $"the child ended with {exit}, the last case was {Child("--host-oracle", "20261122", $"{CampaignSize.Host}", "trace").Text.TrimEnd().Split('\n')[^1]}";
        output.WriteLine(text);
        Assert.True(exit == 0, text);
    }

    /// <summary>Runs this program again, since a fault on the host processor ends the process.</summary>
    internal static (int Exit, string Text) Child(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(HostTests).Assembly.Location);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process child = Process.Start(start)!;
        string text = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, text);
    }
}
