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

    /// <summary>Doc: "IRP_MN_REGINFO_EX", WDK reference: provider, WMIREGISTER, a buffer; and again with as much as was asked for.</summary>
    [Fact]
    [Trait("Spec", "U-6.28")]
    public void A_registered_device_is_asked_for_its_blocks_again_when_its_answer_did_not_fit_and_not_after_deregistration()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "provider");
        var device = driver.CreateDevice(null);
        var sizes = new List<uint>();
        driver.Dispatch = (irp, location) =>
        {
            Assert.Equal((IrpMajor.SystemControl, (byte)11, device.Address.Value, 0UL),
                (location.MajorFunction, location.MinorFunction, location.WmiProviderId, location.WmiDataPath.Value));
            sizes.Add(location.WmiBufferSize);
            var fits = location.WmiBufferSize >= 0x3000;
            test.Memory.WriteUInt32(location.WmiBuffer, 0x3000);
            return driver.Complete(irp, NtStatus.Success, fits ? 0x3000u : 4u);
        };
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Register));
        test.RunUntilIdle();
        Assert.Equal([0x1000u, 0x3000u], sizes);
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Deregister));
        test.RunUntilIdle();
        Assert.Equal(2, sizes.Count);
    }

    [Fact]
    [Trait("Spec", "U-6.28")]
    public void Deregistration_waits_for_a_request_in_flight_and_inside_of_one_never_returns()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "provider");
        var device = driver.CreateDevice(null);
        Irp? kept = null;
        driver.Dispatch = (irp, location) =>
        {
            kept = irp;
            return GuestTask.FromResult(driver.Pend(location));
        };
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Register));
        test.RunUntilIdle();
        var isDone = test.Kernel.StartOnSystemThread("deregister", async _ => await test.Call("IoWMIRegistrationControl", device.Address.Value, Deregister), out var _);
        test.RunUntilIdle();
        Assert.False(isDone());
        test.Run(async _ => await driver.Complete(kept!.Value, NtStatus.Success));
        test.RunUntilIdle();
        Assert.True(isDone());

        var returned = false;
        driver.Dispatch = async (irp, _) =>
        {
            await test.Call("IoWMIRegistrationControl", device.Address.Value, Deregister);
            returned = true;
            return await driver.Complete(irp, NtStatus.Success);
        };
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Register));
        Assert.Equal(RunOutcome.Idle, test.RunUntilIdle());
        Assert.False(returned);
    }

    /// <summary>wmilib.h, wmistr.h: WMIREGINFO with one WMIREGGUID, then the instance's name, no MOF resource, and the registry path.</summary>
    [Fact]
    public void The_library_answers_for_its_provider_from_the_list_of_blocks()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "provider");
        var device = driver.CreateDevice(null);
        var (guid, list, context) = (test.Allocate(16), test.Allocate(16), test.Allocate(0x40));
        test.Memory.WriteUInt64(guid, 0x1122334455667788);
        test.Memory.WritePointer(list, guid);
        test.Memory.WriteUInt32(list + 8, 1);
        test.Memory.WriteUInt32(context, 1);
        test.Memory.WritePointer(context + 8, list);
        test.Memory.WritePointer(context + 0x10, test.Routine(async arguments =>
        {
            var name = await test.Call("ExAllocatePoolWithTag", 0, 8, 1);
            test.Memory.Write(new VirtualAddress(name), "Name"u8.ToArray());
            test.Memory.WriteUInt32(new VirtualAddress(arguments[1]), 8); // WMIREG_FLAG_INSTANCE_BASENAME
            var instance = new UnicodeString(test.Memory, new VirtualAddress(arguments[2]));
            instance.SetLength(test.Memory, 4);
            instance.SetBuffer(test.Memory, new VirtualAddress(name));
            test.Memory.WriteUInt64(new VirtualAddress(arguments[3]), test.Text("Path"));
            return 0;
        }));
        var (disposition, answer) = (test.Allocate(4), new byte[0x60]);
        driver.Dispatch = async (irp, location) =>
        {
            var buffer = location.WmiBuffer;
            var status = (uint)await test.Kernel.CurrentThread.Call(
                test.Kernel.Images.FindExport("wmilib.sys", "WmiSystemControl")!.Value, context.Value, device.Address.Value, irp.Address.Value, disposition.Value);
            test.Memory.Read(buffer, answer);
            return new NtStatus((int)status);
        };
        test.Memory.WriteUInt32(disposition, 9);
        Assert.Equal(NtStatus.Success, test.Status("IoWMIRegistrationControl", device.Address.Value, Register));
        test.RunUntilIdle();
        Assert.Equal(0u, test.Memory.ReadUInt32(disposition)); // IrpProcessed
        Assert.Equal([0x4Au, 0u, 0x40u, 0x3Eu, 1u], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(answer.AsSpan(0, 20)).ToArray());
        Assert.Equal((0x1122334455667788UL, 8u, 1u, 0x38UL),
            (BitConverter.ToUInt64(answer, 0x18), BitConverter.ToUInt32(answer, 0x28), BitConverter.ToUInt32(answer, 0x2C), BitConverter.ToUInt64(answer, 0x30)));
        Assert.Equal([4, 0, (byte)'N', (byte)'a', (byte)'m', (byte)'e', 0, 0, 8, 0, (byte)'P', 0], answer[0x38..0x44]);
    }

    [Fact]
    public void A_block_that_nobody_provides_is_not_found_and_one_that_someone_might_is_said_to_be_missing()
    {
        using var test = KernelTest.Boot();
        var (guid, block) = (test.Allocate(16), test.Allocate(8));
        Assert.Equal(NtStatus.WmiGuidNotFound, test.Status("IoWMIOpenBlock", guid.Value, 1, block.Value));
        test.Memory.Write(guid, new Guid("8F680850-A584-11d1-BF38-00A0C9062910").ToByteArray());
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("IoWMIOpenBlock", guid.Value, 1, block.Value)));
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

    [Theory]
    [InlineData(0, 0x30)] // IRP_MN_QUERY_ALL_DATA, WNODE_ALL_DATA.DataBlockOffset
    [InlineData(1, 0x38)] // IRP_MN_QUERY_SINGLE_INSTANCE, WNODE_SINGLE_INSTANCE.DataBlockOffset
    [InlineData(9, 0x3C)] // IRP_MN_EXECUTE_METHOD, WNODE_METHOD_ITEM.DataBlockOffset
    public void A_request_is_completed_with_the_size_of_its_node_or_with_what_it_needs(byte minor, int offsetField)
    {
        using var test = KernelTest.Boot();
        var node = test.Allocate(0x100);
        foreach (var isTooSmall in new[] { false, true })
        {
            test.Memory.WriteUInt32(node + offsetField, 0x48);
            var status = NtStatus.Pending;
            var driver = TestDriver.Load(test, isTooSmall ? "small" : "fits");
            var device = driver.CreateDevice(null);
            driver.Dispatch = async (irp, location) => new NtStatus((int)(uint)await test.Kernel.CurrentThread.Call(
                test.Kernel.Images.FindExport("wmilib.sys", "WmiCompleteRequest")!.Value,
                device.Address.Value, irp.Address.Value, isTooSmall ? NtStatus.BufferTooSmall.Code : 0, 0x20, 0));
            var information = test.Run(async _ =>
            {
                var irp = test.Kernel.Io.AllocateIrp(1);
                var location = test.Kernel.Io.NextLocation(irp);
                location.SetMajorFunction(test.Memory, IrpMajor.SystemControl);
                location.SetMinorFunction(test.Memory, minor);
                location.SetWmiBuffer(test.Memory, node);
                location.SetCompletionRoutine(test.Memory, test.Routine(_ => GuestTask.FromResult((ulong)NtStatus.MoreProcessingRequired.Code)));
                location.SetControl(test.Memory, StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError);
                status = await test.Kernel.Io.IofCallDriver(device, irp);
                return (irp.IoStatus.Status, irp.IoStatus.Information);
            });
            Assert.Equal(NtStatus.Success, status);
            Assert.Equal((NtStatus.Success, isTooSmall ? 0x38UL : 0x68UL), information);
            Assert.Equal(isTooSmall ? 0x38u : 0x68u, test.Memory.ReadUInt32(node));
            Assert.Equal(isTooSmall ? 0x20u : 0u, test.Memory.ReadUInt32(node + 0x2C)); // WNODE_FLAG_TOO_SMALL
            if (isTooSmall)
                Assert.Equal(0x68u, test.Memory.ReadUInt32(node + 0x30)); // SizeNeeded
        }
    }

    private static NtStatus Library(KernelTest test, string routine, params ulong[] arguments)
    {
        var address = test.Kernel.Images.FindExport("wmilib.sys", routine)!.Value;
        return new NtStatus((int)(uint)test.Run(thread => thread.Call(address, arguments)));
    }
}
