using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Memory of user space: reserved, committed, protected, asked about.</summary>
public sealed class VirtualMemoryTests
{
    private const uint Commit = 0x1000, Reserve = 0x2000, Decommit = 0x4000, Release = 0x8000, Free = 0x1_0000;
    private const uint NoAccess = 1, ReadOnly = 2, ReadWrite = 4, ExecuteReadWrite = 0x40;
    private const ulong CurrentProcess = ulong.MaxValue;

    [Fact]
    public void What_is_reserved_can_be_committed_in_parts_and_decommitted_again()
    {
        using var test = KernelTest.Boot();
        var (@base, size) = (test.Allocate(8), test.Allocate(8));
        test.Memory.WriteUInt64(size, 0x4000);
        Assert.Equal(NtStatus.Success, test.Status("NtAllocateVirtualMemory", CurrentProcess, @base.Value, 0, size.Value, Reserve, ReadWrite));
        var start = test.Memory.ReadPointer(@base);
        Assert.False(test.Memory.TryRead(start, new byte[1], out _));

        test.Memory.WriteUInt64(@base, start.Value + 0x1800);
        test.Memory.WriteUInt64(size, 0x1000);
        Assert.Equal(NtStatus.Success, test.Status("ZwAllocateVirtualMemory", CurrentProcess, @base.Value, 0, size.Value, Commit, ReadWrite));
        Assert.Equal((start.Value + 0x1000, 0x2000UL), (test.Value(@base), test.Value(size)));
        test.Memory.WriteByte(start + 0x2FFF, 1);
        Assert.False(test.Memory.TryRead(start + 0x3000, new byte[1], out _));

        Assert.Equal(NtStatus.Success, test.Status("NtFreeVirtualMemory", CurrentProcess, @base.Value, size.Value, Decommit));
        Assert.False(test.Memory.TryRead(start + 0x2000, new byte[1], out _));
        test.Memory.WriteUInt64(size, 0);
        Assert.Equal(NtStatus.FreeVmNotAtBase, test.Status("ZwFreeVirtualMemory", CurrentProcess, @base.Value, size.Value, Release));
        test.Memory.WriteUInt64(@base, start.Value);
        Assert.Equal(NtStatus.Success, test.Status("ZwFreeVirtualMemory", CurrentProcess, @base.Value, size.Value, Release));
        Assert.Equal(Free, Query(test, start).State);
    }

    [Theory]
    [InlineData("Zw")]
    [InlineData("Nt")]
    public void Protection_is_changed_for_whole_pages_and_the_old_one_told(string prefix)
    {
        using var test = KernelTest.Boot();
        var start = Allocate(test, 0x3000);
        var (@base, size, old) = (test.Allocate(8), test.Allocate(8), test.Allocate(4));
        test.Memory.WriteUInt64(@base, start.Value + 0x1FFF);
        test.Memory.WriteUInt64(size, 2);
        Assert.Equal(NtStatus.Success, test.Status(prefix + "ProtectVirtualMemory", CurrentProcess, @base.Value, size.Value, ReadOnly, old.Value));
        Assert.Equal((start.Value + 0x1000, 0x2000UL, ReadWrite), (test.Value(@base), test.Value(size), test.Memory.ReadUInt32(old)));
        Assert.Equal((start, 0x1000UL, Commit, ReadWrite), Query(test, start));
        Assert.Equal((start + 0x1000, 0x2000UL, Commit, ReadOnly), Query(test, start + 0x1234));
        Assert.Equal(NtStatus.InvalidPageProtection, test.Status(prefix + "ProtectVirtualMemory", CurrentProcess, @base.Value, size.Value, 3, old.Value));
        test.Memory.WriteUInt64(size, 0x9000);
        Assert.Equal(
            NtStatus.ConflictingAddresses, test.Status(prefix + "ProtectVirtualMemory", CurrentProcess, @base.Value, size.Value, ExecuteReadWrite, old.Value));
    }

    [Fact]
    public void What_is_free_reaches_to_what_is_next_in_use()
    {
        using var test = KernelTest.Boot();
        var first = Allocate(test, 0x1000);
        var second = Allocate(test, 0x1000);
        Assert.Equal((first + 0x1000, second - first - 0x1000, Free, NoAccess), Query(test, first + 0x1000));
        Assert.Equal(
            NtStatus.InvalidParameter, test.Status("NtQueryVirtualMemory", CurrentProcess, 0xFFFF_8000_0000_0000, 0, test.Allocate(0x30).Value, 0x30, 0));
        Assert.Equal(NtStatus.InfoLengthMismatch, test.Status("ZwQueryVirtualMemory", CurrentProcess, first.Value, 0, test.Allocate(0x30).Value, 0x20, 0));
    }

    private static VirtualAddress Allocate(KernelTest test, ulong byteCount)
    {
        var (@base, size) = (test.Allocate(8), test.Allocate(8));
        test.Memory.WriteUInt64(size, byteCount);
        Assert.Equal(NtStatus.Success, test.Status("ZwAllocateVirtualMemory", CurrentProcess, @base.Value, 0, size.Value, Commit | Reserve, ReadWrite));
        return test.Memory.ReadPointer(@base);
    }

    private static (VirtualAddress Base, ulong Size, uint State, uint Protect) Query(KernelTest test, VirtualAddress address)
    {
        var (buffer, length) = (test.Allocate(0x30), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status("ZwQueryVirtualMemory", CurrentProcess, address.Value, 0, buffer.Value, 0x30, length.Value));
        Assert.Equal(0x30UL, test.Value(length));
        return (test.Memory.ReadPointer(buffer), test.Value(buffer + 0x18), test.Memory.ReadUInt32(buffer + 0x20), test.Memory.ReadUInt32(buffer + 0x24));
    }
}
