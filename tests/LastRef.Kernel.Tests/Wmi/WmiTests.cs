using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Providers of management data (U-6.28).</summary>
public sealed class WmiTests
{
    private const uint Register = 1, Deregister = 2, Reregister = 3;

    [Fact]
    [Trait("Spec", "U-6.28")]
    public void A_device_is_a_provider_from_registration_to_deregistration()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "provider").CreateDevice(null);
        Assert.Equal(NtStatus.InvalidParameter, test.Status("IoWMIRegistrationControl", device.Address.Value, Deregister));
        Assert.Equal(0u, (uint)test.CallNow("IoWMIDeviceObjectToProviderId", device.Address.Value));
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Register));
        Assert.NotEqual(0u, (uint)test.CallNow("IoWMIDeviceObjectToProviderId", device.Address.Value));
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Reregister));
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Deregister));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("IoWMIRegistrationControl", device.Address.Value, Reregister));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("IoWMIRegistrationControl", device.Address.Value, 9));
        Assert.Equal(
            [(true, device.Address), (false, device.Address)],
            test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.Wmi).Select(r => (r.Begin, r.Address)));
    }

    [Fact]
    public void An_event_is_taken_over_and_freed()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "provider").CreateDevice(null);
        var item = test.Allocate(0x40);
        Assert.Equal(NtStatus.Success, test.Status("IoWMIWriteEvent", item.Value));
        Assert.True(test.Kernel.Ex.NonPagedPool.WasFreed(item));
        var data = test.Allocate(0x40);
        Assert.Equal(NtStatus.Success, Library(test, "WmiFireEvent", device.Address.Value, test.Allocate(16).Value, 0, 0x40, data.Value));
        Assert.True(test.Kernel.Ex.NonPagedPool.WasFreed(data));
    }

    [Theory]
    [InlineData(IrpMajor.SystemControl, 0x00, 3)] // IRP_MN_QUERY_ALL_DATA for another device: IrpForward
    [InlineData(IrpMajor.SystemControl, 0x0B, 3)] // IRP_MN_REGINFO_EX
    [InlineData(IrpMajor.SystemControl, 0x0A, 2)] // no WMI code: IrpNotWmi
    [InlineData(IrpMajor.SystemControl, 0x20, 2)]
    public void The_library_says_what_becomes_of_a_request(IrpMajor major, byte minor, uint disposition)
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "provider").CreateDevice(null);
        var (irp, result) = (test.Kernel.Io.AllocateIrp(2), test.Allocate(4));
        var location = test.Kernel.Io.NextLocation(irp);
        irp.SetCurrentStackLocation(test.Memory, location);
        location.SetMajorFunction(test.Memory, major);
        location.SetMinorFunction(test.Memory, minor);
        Assert.Equal(NtStatus.Success, Library(test, "WmiSystemControl", 0, device.Address.Value, irp.Address.Value, result.Value));
        Assert.Equal(disposition, test.Memory.ReadUInt32(result));
    }

    [Theory]
    [InlineData("WmiTraceMessage")]
    [InlineData("WmiTraceMessageVa")]
    public void Without_a_logger_a_trace_message_has_no_handle(string routine)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, 0, 0x2B, test.Allocate(16).Value, 10, 0));
    }

    private static NtStatus Library(KernelTest test, string routine, params ulong[] arguments)
    {
        var address = test.Kernel.Images.FindExport("wmilib.sys", routine)!.Value;
        return new NtStatus((int)(uint)test.Run(thread => thread.Call(address, arguments)));
    }
}
