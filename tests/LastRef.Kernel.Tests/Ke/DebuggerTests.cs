using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>The debugger that is not there, and the tables of the HAL.</summary>
public sealed class DebuggerTests
{
    [Fact]
    public void Without_a_debugger_there_is_nothing_to_disable()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.DebuggerInactive, test.Status("KdDisableDebugger"));
        Assert.Equal(NtStatus.DebuggerInactive, test.Status("KdEnableDebugger"));
        Assert.Equal(NtStatus.DebuggerInactive, test.Status("KdChangeOption", 0, 0, 0, 0, 0, 0));
        Assert.True(test.Boolean("KdRefreshDebuggerNotPresent"));
    }

    [Theory]
    [InlineData("HalDispatchTable", 0x08, "hal.dll!HalQuerySystemInformation")]
    [InlineData("HalDispatchTable", 0x78, "hal.dll!HalGetInterruptTranslator")]
    [InlineData("HalPrivateDispatchTable", 0x48, "hal.dll!HalPrivateDispatchTable+48h")]
    public void A_routine_of_a_table_of_the_HAL_stops_the_run_and_is_named(string table, int offset, string name)
    {
        using var test = KernelTest.Boot();
        var address = test.Export(table);
        Assert.Equal(4u, test.Memory.ReadUInt32(address));
        var routine = test.Memory.ReadPointer(address + offset);
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Kernel.CurrentThread.Call(routine)));
        Assert.Equal((UnsupportedKind.Export, name), (stop.Kind, stop.Name));
    }
}
