using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Pointers of hostile drivers: what they lead to is the machine's stop, never an error of ours.</summary>
public sealed class BogusPointerTests
{
    [Theory]
    [InlineData("IoDeleteDevice")]
    [InlineData("IoDetachDevice")]
    [InlineData("IoGetAttachedDevice")]
    [InlineData("IoGetAttachedDeviceReference")]
    [InlineData("IoGetLowerDeviceObject")]
    [InlineData("IoRegisterShutdownNotification")]
    [InlineData("IoInvalidateDeviceState")]
    [InlineData("IoRequestDeviceEject")]
    [InlineData("ObfReferenceObject")]
    [InlineData("ObfDereferenceObject")]
    [InlineData("KeStackAttachProcess")]
    [InlineData("PsGetProcessId")]
    public void A_device_that_is_zeros_or_rubbish_or_nowhere_stops_the_machine_or_is_refused(string routine)
    {
        foreach (var fill in new byte[] { 0, 0x6B, 0xFF })
        {
            using var test = KernelTest.Boot();
            var bogus = test.Allocate(0x400);
            test.Memory.Write(bogus, Enumerable.Repeat(fill, 0x400).ToArray());
            Try(test, routine, (bogus + 0x100).Value, (bogus + 0x200).Value);
        }

        foreach (var address in new ulong[] { 0, 0x10, 0xFFFF_8A00_FFFF_0000, ulong.MaxValue - 0xF })
        {
            using var test = KernelTest.Boot();
            Try(test, routine, address, address);
        }
    }

    /// <summary>The call returns, or the machine has a reason to stop; an exception of ours would fail the test.</summary>
    private static void Try(KernelTest test, string routine, ulong first, ulong second)
    {
        var outcome = test.Kernel.RunOnSystemThread("test", async _ => await test.Call(routine, first, second));
        Assert.True(outcome == RunOutcome.Done || test.Kernel.Stop is not null, $"{routine}: {outcome}");
    }
}
