using LastRef.Cpu;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Copies that do not fault, RAM and what lies in it.</summary>
public sealed class MemoryCopyTests
{
    private const ulong Physical = 1, Virtual = 2;

    [Fact]
    public void A_copy_ends_before_the_first_byte_that_is_not_there()
    {
        using var test = KernelTest.Boot();
        var pages = new VirtualAddress(0xFFFF_F800_7100_0000);
        test.Kernel.Guest.Map(pages.Value, 4096, PageAccess.Read | PageAccess.Write);
        test.Memory.Write(pages + 0xFF0, [1, 2, 3, 4]);
        var (target, count) = (test.Allocate(0x40), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status("MmCopyMemory", target.Value, (pages + 0xFF0).Value, 0x10, Virtual, count.Value));
        Assert.Equal((0x0403_0201u, 0x10UL), (test.Memory.ReadUInt32(target), test.Value(count)));
        Assert.Equal(NtStatus.PartialCopy, test.Status("MmCopyMemory", target.Value, (pages + 0xFF0).Value, 0x20, Virtual, count.Value));
        Assert.Equal(0x10UL, test.Value(count));
        Assert.Equal(NtStatus.InvalidAddress, test.Status("MmCopyMemory", target.Value, (pages + 0x1000).Value, 8, Virtual, count.Value));
        Assert.Equal(0UL, test.Value(count));
        Assert.Equal(NtStatus.InvalidParameter4, test.Status("MmCopyMemory", target.Value, pages.Value, 8, 3, count.Value));
    }

    [Fact]
    public void RAM_is_one_range_and_read_by_its_physical_address()
    {
        using var test = KernelTest.Boot();
        var ranges = new VirtualAddress(test.CallNow("MmGetPhysicalMemoryRanges"));
        var (start, bytes) = (test.Value(ranges), test.Value(ranges + 8));
        Assert.Equal((0UL, 0UL), (test.Value(ranges + 0x10), test.Value(ranges + 0x18)));
        var data = test.Allocate(8);
        test.Memory.WriteUInt64(data, 0x1122_3344_5566_7788);
        var physical = test.CallNow("MmGetPhysicalAddress", data.Value);
        Assert.InRange(physical, start, start + bytes - 1);
        var found = new VirtualAddress(test.CallNow("MmGetVirtualForPhysical", physical));
        Assert.Equal(0x1122_3344_5566_7788UL, test.Value(found));
        var (target, count) = (test.Allocate(8), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status("MmCopyMemory", target.Value, physical, 8, Physical, count.Value));
        Assert.Equal(0x1122_3344_5566_7788UL, test.Value(target));
        test.CallNow("ExFreePoolWithTag", ranges.Value, 0);
        Assert.True(test.Kernel.Ex.NonPagedPool.WasFreed(ranges));
    }

    [Fact]
    public void Memory_is_copied_between_processes()
    {
        using var test = KernelTest.Boot();
        var (from, to) = (test.Kernel.Ps.CreateProcess("from.exe"), test.Kernel.Ps.CreateProcess("to.exe"));
        var (source, target) = (test.Kernel.Mm.AllocateUser(from, 0x1000), test.Kernel.Mm.AllocateUser(to, 0x1000));
        var count = test.Allocate(8);
        test.Memory.WriteUInt64(source + 0x10, 42);
        Assert.Equal(NtStatus.Success, test.Status("MmCopyVirtualMemory", from.Value, (source + 0x10).Value, to.Value, target.Value, 8, 0, count.Value));
        Assert.Equal((42UL, 8UL), (test.Value(target), test.Value(count)));
        test.Kernel.Guest.Protect(target.Value, 0x1000, PageAccess.Read);
        Assert.Equal(NtStatus.PartialCopy, test.Status("MmCopyVirtualMemory", from.Value, source.Value, to.Value, target.Value, 8, 0, count.Value));
        Assert.Equal((42UL, 0UL), (test.Value(target), test.Value(count)));
    }

    [Fact]
    public void Uncached_memory_is_given_back_once()
    {
        using var test = KernelTest.Boot();
        var address = new VirtualAddress(test.CallNow("MmAllocateNonCachedMemory", 0x1800));
        test.Memory.WriteUInt64(address + 0x17F8, 7);
        test.CallNow("MmFreeNonCachedMemory", address.Value, 0x1800);
        Assert.False(test.Boolean("MmIsAddressValid", address.Value));
        Assert.Equal(0UL, test.CallNow("MmAllocateNonCachedMemory", 0));
        Assert.Equal(0x1Au, test.RunToBugCheck(async _ => await test.Call("MmFreeNonCachedMemory", address.Value, 0x1800)).Code);
    }

    [Fact]
    public void A_user_range_is_secured_when_it_is_there()
    {
        using var test = KernelTest.Boot();
        var address = test.Kernel.Mm.AllocateUser(test.Kernel.Ps.CreateProcess("app.exe"), 0x2000);
        Assert.Equal(0UL, test.CallNow("MmSecureVirtualMemory", address.Value, 0x3000, 4)); // beyond its end
        var handle = test.CallNow("MmSecureVirtualMemory", address.Value, 0x2000, 4);
        Assert.NotEqual(0UL, handle);
        test.CallNow("MmUnsecureVirtualMemory", handle);
        Assert.Equal(0x1Au, test.RunToBugCheck(async _ => await test.Call("MmUnsecureVirtualMemory", handle)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_driver_is_told_whether_it_is_verified(bool verifier)
    {
        using var test = KernelTest.Boot(new MachineOptions { Verifier = verifier });
        var driver = TestDriver.Load(test, "verified");
        Assert.Equal(verifier ? 1 : 0, test.Int("MmIsDriverVerifying", driver.Object.Address.Value));
    }

    [Fact]
    public void Read_only_pages_of_an_image_are_not_locked_for_writing_by_guess()
    {
        using var test = KernelTest.Boot();
        var driver = test.Load("model-legacy.sys");
        var mdl = test.CallNow("IoAllocateMdl", driver.DriverStart.Value, 0x1000, 0, 0, 0);
        test.CallNow("MmProbeAndLockPages", mdl, 0, 0); // for reading
        test.CallNow("MmUnlockPages", mdl);
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("MmProbeAndLockPages", mdl, 0, 1)));
        Assert.Equal("pages of model-legacy.sys that are read-only locked for writing", stop.Name);
    }
}
