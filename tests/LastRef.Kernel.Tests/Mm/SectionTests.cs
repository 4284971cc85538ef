using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Sections over the paging file, and views of them.</summary>
public sealed class SectionTests
{
    private const uint AllAccess = 0xF_001F, ReadOnly = 2, ReadWrite = 4, Commit = 0x0800_0000, Image = 0x0100_0000;
    private const ulong CurrentProcess = ulong.MaxValue;

    [Fact]
    public void All_views_of_a_section_show_the_same_memory()
    {
        using var test = KernelTest.Boot();
        var section = Create(test, 0x3000, null);
        var body = test.Kernel.Ob.Resolve(new HandleValue(section), null).Body;
        var (@base, size) = (test.Allocate(8), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status("ZwMapViewOfSection", section, CurrentProcess, @base.Value, 0, 0, 0, size.Value, 1, 0, ReadWrite));
        var user = test.Memory.ReadPointer(@base);
        Assert.Equal((false, 0x3000UL), (user.IsKernel, test.Value(size)));
        test.Memory.WriteUInt64(size, 0x1000);
        Assert.Equal(NtStatus.Success, test.Status("MmMapViewInSystemSpace", body.Value, @base.Value, size.Value));
        var kernel = test.Memory.ReadPointer(@base);
        Assert.True(kernel.IsKernel);
        test.Memory.WriteUInt32(user + 0x10, 0xCAFE);
        Assert.Equal(0xCAFEu, test.Memory.ReadUInt32(kernel + 0x10));

        Assert.Equal(NtStatus.Success, test.Status("ZwClose", section));
        Assert.Equal(NtStatus.Success, test.Status("ZwUnmapViewOfSection", CurrentProcess, user.Value + 0x1234));
        Assert.False(test.Memory.TryRead(user, new byte[1], out _));
        Assert.Equal(0xCAFEu, test.Memory.ReadUInt32(kernel + 0x10));
        Assert.Equal(NtStatus.Success, test.Status("MmUnmapViewInSystemSpace", kernel.Value));
        Assert.False(test.Memory.TryRead(kernel, new byte[1], out _));
        Assert.Equal(0xD7u, test.RunToBugCheck(async _ => await test.Call("MmUnmapViewInSystemSpace", kernel.Value)).Code);
    }

    [Fact]
    public void A_view_begins_at_a_granule_and_ends_within_the_section()
    {
        using var test = KernelTest.Boot();
        var section = Create(test, 0x2_1000, null);
        var (@base, offset, size) = (test.Allocate(8), test.Allocate(8), test.Allocate(8));
        test.Memory.WriteUInt64(offset, 0x1_0123);
        Assert.Equal(NtStatus.Success, test.Status("NtMapViewOfSection", section, CurrentProcess, @base.Value, 0, 0, offset.Value, size.Value, 1, 0, ReadOnly));
        Assert.Equal((0x1_0000UL, 0x1_1000UL), (test.Value(offset), test.Value(size)));
        Assert.Equal(NtStatus.Success, test.Status("NtUnmapViewOfSection", CurrentProcess, test.Value(@base)));
        test.Memory.WriteUInt64(@base, 0);
        test.Memory.WriteUInt64(size, 0x2_0000);
        Assert.Equal(NtStatus.InvalidViewSize, test.Status("ZwMapViewOfSection", section, CurrentProcess, @base.Value, 0, 0, offset.Value, size.Value, 1, 0, ReadOnly));
    }

    [Fact]
    public void A_named_section_is_found_by_its_name_and_goes_with_its_last_handle()
    {
        using var test = KernelTest.Boot();
        const string name = @"\BaseNamedObjects\Shared";
        var section = Create(test, 0x1000, name);
        Assert.Equal(NtStatus.ObjectNameCollision, TryCreate(test, 0x1000, name).Status);
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("NtOpenSection", handle.Value, AllAccess, test.Attributes(name)));
        test.Status("ZwClose", section);
        test.Status("ZwClose", test.Value(handle));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("ZwOpenSection", handle.Value, AllAccess, test.Attributes(name)));
    }

    [Fact]
    public void What_cannot_be_a_section_is_refused()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8).Value;
        var size = test.Time(0x1000);
        Assert.Equal(NtStatus.InvalidParameter6, test.Status("NtCreateSection", handle, AllAccess, 0, size, ReadWrite, 0, 0));
        Assert.Equal(NtStatus.InvalidPageProtection, test.Status("ZwCreateSection", handle, AllAccess, 0, size, 0, Commit, 0));
        Assert.Equal(NtStatus.InvalidParameter4, test.Status("ZwCreateSection", handle, AllAccess, 0, 0, ReadWrite, Commit, 0));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ZwCreateSection", handle, AllAccess, 0, size, ReadWrite, Commit, 0x7770));
        Assert.Equal(NtStatus.InvalidFileForSection, test.Status("ZwCreateSection", handle, AllAccess, 0, size, ReadWrite, Image, 0));
    }

    [Fact]
    public void A_section_without_a_handle_belongs_to_the_driver_that_made_it()
    {
        using var test = KernelTest.Boot();
        var result = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("MmCreateSection", result.Value, AllAccess, 0, test.Time(0x2000), ReadWrite, Commit, 0, 0));
        var body = test.Memory.ReadPointer(result);
        Assert.Equal(1, test.Kernel.Ob.HeaderOf(body).PointerCount);
        var (@base, size, offset) = (test.Allocate(8), test.Allocate(8), test.Time(0));
        Assert.Equal(NtStatus.Success, test.Status("MmMapViewOfSection", body.Value, test.Kernel.Ps.SystemProcess.Value, @base.Value, 0, 0, offset, size.Value, 1, 0, ReadWrite));
        test.Memory.WriteByte(test.Memory.ReadPointer(@base) + 0x1FFF, 7);
        Assert.Equal(NtStatus.Success, test.Status("MmUnmapViewOfSection", test.Kernel.Ps.SystemProcess.Value, test.Value(@base)));
        Assert.Equal(NtStatus.Success, test.Status("MmMapViewInSystemSpaceEx", body.Value, @base.Value, test.Time(0x1000), offset, 0));
        Assert.Equal(0, test.Memory.ReadByte(test.Memory.ReadPointer(@base)));
        test.CallNow("ObfDereferenceObject", body.Value);
        Assert.Null(test.Kernel.Ob.KindOfLive(body));
    }

    [Fact]
    public void A_section_tells_its_size_and_that_it_is_no_image()
    {
        using var test = KernelTest.Boot();
        var section = Create(test, 0x3000, null);
        var (buffer, length) = (test.Allocate(0x20), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySection", section, 0, buffer.Value, 0x18, length.Value));
        Assert.Equal((Commit, 0x3000UL, 0x18UL), (test.Memory.ReadUInt32(buffer + 8), test.Value(buffer + 0x10), test.Value(length)));
        Assert.Equal(NtStatus.InfoLengthMismatch, test.Status("ZwQuerySection", section, 0, buffer.Value, 0x10, 0));
        Assert.Equal(NtStatus.SectionNotImage, test.Status("ZwQuerySection", section, 1, buffer.Value, 0x40, 0));
    }

    private static ulong Create(KernelTest test, long byteCount, string? name)
    {
        var (status, handle) = TryCreate(test, byteCount, name);
        Assert.Equal(NtStatus.Success, status);
        return handle;
    }

    private static (NtStatus Status, ulong Handle) TryCreate(KernelTest test, long byteCount, string? name)
    {
        var handle = test.Allocate(8);
        var status = test.Status("ZwCreateSection", handle.Value, AllAccess, name is null ? 0 : test.Attributes(name), test.Time(byteCount), ReadWrite, Commit, 0);
        return (status, test.Value(handle));
    }
}
