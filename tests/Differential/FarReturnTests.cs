using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>iretd, iretq and retf to the same segments, on random stack frames: ours, Unicorn in supervisor mode and the host processor in user mode.</summary>
public sealed class FarReturnTests
{
    private const ushort SupervisorCode = 0x10, SupervisorStack = 0x18, UserCode = 0x33, UserStack = 0x2B;

    /// <summary>iretq, retf of 64 bits without and with bytes to release; then the same of 32 bits, for which Unicorn cuts the stack pointer to 32 bits.</summary>
    private static readonly byte[][] s_encodings = [[0x48, 0xCF], [0x48, 0xCB], [0x48, 0xCA, 0xF0, 0x0F], [0xCF], [0xCB], [0xCA, 0x28, 0x01]];

    [Fact]
    public void They_leave_the_same_state_as_in_unicorn()
    {
        if (Unicorn.Absence() is { } reason)
            Assert.Skip(reason);
        using var unicorn = new Unicorn();
        var theirs = new MachineState();
        var cases = 0;
        Compare(20261126, CampaignSize.FarReturns, SupervisorCode, SupervisorStack, (test, data) =>
        {
            // After some thousand cases it no longer finds the table.
            if (cases++ % 1000 == 0)
            {
                unicorn.Reopen();
                unicorn.LoadDescriptors((SupervisorCode, 0x0020_9B00_0000_0000), (SupervisorStack, 0x00CF_9300_0000_FFFF));
            }

            // A block that was translated is not looked at again, so each case has its own place.
            data.CopyTo(unicorn.Data);
            unicorn.WriteCode(test.Address, test.Bytes);
            int error = unicorn.Step(test.Start, test.Address, out ulong rip);
            unicorn.Store(theirs);

            // A fault at the one instruction of a budget is told by where it stands only.
            return (error == Unicorn.ErrorOk && rip != test.Address, rip, theirs);
        });
    }

    [Fact]
    public void They_leave_the_same_state_as_on_the_host_processor()
    {
        if (!OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            Assert.Skip("the host processor is an oracle on x64 Linux only");
        (int exit, string text) = HostTests.Child("--host-far-returns", "20261126", $"{CampaignSize.FarReturns}");
        Assert.True(exit == 0, $"the child ended with {exit}: {text}");
    }

    /// <summary>The child process: a fault would kill it, so the frames are good.</summary>
    internal static int OnHost(ulong seed, long count)
    {
        var host = new HostProcessor();
        var theirs = new MachineState();
        Compare(seed, count, UserCode, UserStack, (test, data) =>
        {
            data.CopyTo(host.Data);
            host.WriteCode(test.Address, test.Bytes);
            ulong target = test.Bytes[0] != 0x48 ? BitConverter.ToUInt32(data, FrameOffset(test)) : BitConverter.ToUInt64(data, FrameOffset(test));
            host.WriteCode(target, []);
            host.Run(test.Start, test.Address);
            host.Store(theirs);
            return (true, target, theirs);
        });
        return 0;
    }

    private delegate (bool Returned, ulong Rip, MachineState State) Oracle(TestCase test, byte[] data);

    private static void Compare(ulong seed, long count, ushort code, ushort stack, Oracle oracle)
    {
        var rng = new Rng(seed);
        var generator = new CaseGenerator(seed);
        using var ours = new OurEngine(plain: false);
        var state = new MachineState();
        var data = new byte[Layout.DataBytes];
        bool isUser = code == UserCode;
        for (long n = 0; n < count; n++)
        {
            var test = new TestCase { Bytes = s_encodings[rng.Below(isUser ? s_encodings.Length : 3)], Address = Layout.Code + (ulong)(n * CaseGenerator.SlotBytes % Layout.CodeBytes) };
            generator.RandomRegisters(test.Start);
            int size = test.Bytes[0] == 0x48 ? 8 : 4;
            ulong target = size == 8 ? Layout.Code + (ulong)rng.Below(Layout.CodeBytes - 64) : HostProcessor.LowCode + (ulong)rng.Below(512);
            ulong rsp = size == 8 ? Layout.Data + (ulong)rng.Below(Layout.DataBytes) : HostProcessor.LowStackTop - (ulong)rng.Below(0x1000);
            if (isUser && target - test.Address + 64 < 128)
                continue;
            ulong selector = code;
            if (!isUser && rng.OneIn(16))
                selector = (ulong)rng.Below(2) * 3; // null, whatever its privilege level
            ulong flags = 0x202 | (rng.Next() & 0xCD5) | (isUser ? 0 : rng.Next() & 0x3200);
            ulong[] frame = [target, selector, flags, rsp, stack];
            int at = FrameOffset(test);
            for (int k = 0; k < frame.Length; k++)
                BitConverter.GetBytes(frame[k]).AsSpan(0, size).CopyTo(data.AsSpan(at + (k * size)));

            ours.WriteCode(test.Address, [.. test.Bytes, 0xF4]);
            ours.WriteData(data);
            ours.Load(test.Start, test.Address);
            ours.SetSelectors(code, stack);
            RunResult result = ours.Run(1);
            ours.Store(state);
            (bool returned, ulong rip, MachineState theirs) = oracle(test, data);
            string text = $"seed {seed} case {n}: {Convert.ToHexString(test.Bytes)} {string.Join(' ', frame.Select(v => $"{v:X}"))}: {result}";
            Assert.True(returned == (result.Exit == RunExit.BudgetExhausted), text);
            if (!returned)
            {
                Assert.True(result is { Exit: RunExit.Exception, Vector: 13 }, text);
                Assert.True(state.Difference(test.Start, 0) is null, text + " a fault had an effect");
                continue;
            }

            Assert.True(ours.Rip == rip, $"{text} rip {ours.Rip:X} / {rip:X}");
            Assert.True(state.Difference(theirs, 0) is null, text + state.Difference(theirs, 0));
        }
    }

    private static int FrameOffset(TestCase test) => (int)(test.Start.Gpr[4] - Layout.Data);
}
