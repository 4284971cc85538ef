using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What file systems and filters share.</summary>
public sealed class FileSystemContextTests
{
    [Fact]
    public void The_top_level_request_belongs_to_the_thread()
    {
        using var test = KernelTest.Boot();
        test.Run(async thread =>
        {
            Assert.Equal(0UL, await test.Call("IoGetTopLevelIrp"));
            await test.Call("IoSetTopLevelIrp", 0xFFFF_8A00_0000_1000);
            Assert.Equal(0xFFFF_8A00_0000_1000, await test.Call("IoGetTopLevelIrp"));
            Assert.Equal(0xFFFF_8A00_0000_1000, new EThread(test.Memory, thread.Address).TopLevelIrp);
        });
        Assert.Equal(0UL, test.CallNow("IoGetTopLevelIrp"));
    }

    [Fact]
    public void The_lock_of_volumes_is_a_spin_lock()
    {
        using var test = KernelTest.Boot();
        var irql = test.Allocate(8);
        test.Run(async _ =>
        {
            await test.Call("IoAcquireVpbSpinLock", irql.Value);
            Assert.Equal((Irql.Dispatch, 0), (test.Kernel.Ke.CurrentIrql, test.Memory.ReadByte(irql)));
            await test.Call("IoReleaseVpbSpinLock", test.Memory.ReadByte(irql));
            Assert.Equal(Irql.Passive, test.Kernel.Ke.CurrentIrql);
        });
        Assert.IsType<MachineStop.Deadlock>(test.RunToStop(async _ =>
        {
            await test.Call("IoAcquireVpbSpinLock", irql.Value);
            await test.Call("IoAcquireVpbSpinLock", irql.Value);
        }));
    }

    [Fact]
    public void Generic_rights_to_files_are_those_of_the_headers()
    {
        using var test = KernelTest.Boot();
        var mapping = new VirtualAddress(test.CallNow("IoGetFileObjectGenericMapping"));
        Assert.Equal(
            [0x12_0089u, 0x12_0116u, 0x12_00A0u, 0x1F_01FFu],
            Enumerable.Range(0, 4).Select(i => test.Memory.ReadUInt32(mapping + (4 * i))));
        Assert.Equal(mapping.Value, test.CallNow("IoGetFileObjectGenericMapping"));
    }

    [Fact]
    public void A_device_is_opened_without_a_hint_and_with_one_the_run_stops()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "target").CreateDevice("Target");
        var (handle, status) = (test.Allocate(8), test.Allocate(16));
        ulong[] Arguments(ulong hint) =>
            [handle.Value, 0x12_0089, test.Attributes(@"\Device\Target", ObjectAttributeFlags.KernelHandle), status.Value, 0, 0, 7, 1, 0, 0, 0, 0, 0, 0, hint];
        Assert.Equal(NtStatus.Success, test.Status("IoCreateFileSpecifyDeviceObjectHint", Arguments(0)));
        Assert.Equal(1, device.ReferenceCount);
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", test.Value(handle)));
        Assert.Equal(0, device.ReferenceCount);
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("IoCreateFileSpecifyDeviceObjectHint", Arguments(device.Address.Value))));
    }

    [Theory]
    [InlineData("ZwDeleteFile")]
    [InlineData("NtDeleteFile")]
    public void A_file_is_deleted_by_an_open_that_says_so_and_its_close(string routine)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "volume");
        var device = driver.CreateDevice("Volume");
        var seen = new List<(IrpMajor Major, uint Options)>();
        driver.Dispatch = (irp, location) =>
        {
            seen.Add((location.MajorFunction, location.MajorFunction == IrpMajor.Create ? location.CreateOptions & 0xFF_FFFF : 0));
            return driver.Complete(irp, NtStatus.Success);
        };
        Assert.Equal(NtStatus.Success, test.Status(routine, test.Attributes(@"\Device\Volume\file", ObjectAttributeFlags.KernelHandle)));
        test.RunUntilIdle();
        Assert.Equal([(IrpMajor.Create, 0x1000u), (IrpMajor.Cleanup, 0u), (IrpMajor.Close, 0u)], seen);
        Assert.Equal(0, device.ReferenceCount);
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status(routine, test.Attributes(@"\Device\NoVolume")));
    }
}
