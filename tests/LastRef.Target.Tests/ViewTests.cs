using CsCheck;
using LastRef.Nt;

namespace LastRef.Tests;

public class ViewTests
{
    private static readonly VirtualAddress s_here = new(0xFFFF_8000_0001_0000);

    private static SparseTarget Memory(NtBuild build = NtBuild.Windows10_2004)
    {
        var memory = new SparseTarget(build);
        memory.Map(s_here, 0x4000);
        return memory;
    }

    [Fact]
    public void A_field_is_read_and_written_with_its_width()
    {
        var memory = Memory();
        var device = new DeviceObject(memory, s_here);
        memory.WriteUInt64(s_here, ulong.MaxValue);
        device.SetReferenceCount(memory, -2);
        Assert.Equal(-2, device.ReferenceCount);
        Assert.Equal(0xFFFF, device.Size);
        Assert.Equal(0xFFFF_FFFE_FFFF_FFFF, memory.ReadUInt64(s_here));
        device.SetFlags(memory, DeviceFlags.DeviceInitializing | DeviceFlags.BufferedIo);
        Assert.Equal(0x84u, memory.ReadUInt32(s_here + 0x30));
        Assert.Equal(s_here + 0x30, device.FlagsAddress);
    }

    [Fact]
    public void A_null_pointer_is_no_structure()
    {
        var memory = Memory();
        var device = new DeviceObject(memory, s_here);
        Assert.Null(device.NextDevice);
        device.SetNextDevice(memory, new DeviceObject(memory, s_here + 0x400));
        Assert.Equal(new DeviceObject(memory, s_here + 0x400), device.NextDevice);
        device.SetNextDevice(memory, null);
        Assert.Null(device.NextDevice);
    }

    [Fact]
    public void An_embedded_structure_lies_in_the_outer_one()
    {
        var device = new DeviceObject(Memory(), s_here);
        Assert.Equal(s_here + 0x118, device.DeviceLock.Address);
        Assert.Equal(s_here + 0x118 + 8, device.DeviceLock.Header.WaitListHead.Address);
    }

    [Fact]
    public void A_nested_field_is_reached_by_its_path()
    {
        var irp = new Irp(Memory(), s_here);
        Assert.Equal(s_here + 0xB8, irp.CurrentStackLocationAddress);
        Assert.Equal(s_here + 0x30 + 8, irp.IoStatus.InformationAddress);
    }

    [Fact]
    public void An_array_is_bounded_by_its_declaration()
    {
        var memory = Memory();
        var driver = new DriverObject(memory, s_here);
        Assert.Equal(28, driver.MajorFunction.Count);
        driver.MajorFunction.Set(memory, (int)IrpMajor.Pnp, new VirtualAddress(0x1234));
        Assert.Equal(0x1234ul, memory.ReadUInt64(s_here + 0x70 + (27 * 8)));
        Assert.Equal(new VirtualAddress(0x1234), driver.MajorFunction[27]);
        Assert.Throws<ArgumentOutOfRangeException>(() => driver.MajorFunction[28]);
        Assert.Throws<ArgumentOutOfRangeException>(() => driver.MajorFunction[-1]);
    }

    [Fact]
    public void An_array_declared_with_one_element_may_be_longer()
    {
        var memory = Memory();
        var list = new CmPartialResourceList(memory, s_here);
        Assert.Equal(0, list.PartialDescriptors.Count);
        Assert.Equal(s_here + 8 + (3 * 0x14), list.PartialDescriptors[3].Address);
        var relations = new DeviceRelations(memory, s_here);
        relations.Objects.Set(memory, 5, s_here);
        Assert.Equal(s_here, relations.Objects[5]);
    }

    [Fact]
    public void A_bit_field_leaves_its_neighbours_alone() =>
        Gen.Select(Gen.UInt[0, 0xFFFF], Gen.ULong, Gen.UInt[0, 7], Gen.ULong[0, (1UL << 44) - 1]).Sample((references, before, attributes, pointer) =>
        {
            var memory = Memory();
            var entry = new HandleTableEntry(memory, s_here);
            memory.WriteUInt64(s_here, before);
            entry.SetRefCnt(memory, references);
            entry.SetAttributes(memory, attributes);
            entry.SetObjectPointerBits(memory, pointer);
            Assert.Equal(references, entry.RefCnt);
            Assert.Equal(attributes, entry.Attributes);
            Assert.Equal(pointer, entry.ObjectPointerBits);
            Assert.Equal((before & 1) | ((ulong)references << 1) | ((ulong)attributes << 17) | (pointer << 20), memory.ReadUInt64(s_here));
        });

    [Fact]
    public void A_bit_field_takes_no_more_than_its_bits()
    {
        var memory = Memory();
        var entry = new HandleTableEntry(memory, s_here);
        entry.SetAttributes(memory, 0xFF);
        Assert.Equal(7u, entry.Attributes);
        Assert.Equal(7ul << 17, memory.ReadUInt64(s_here));
    }

    [Fact]
    public void A_field_that_a_build_lacks_reads_as_null_and_cannot_be_written()
    {
        var old = Memory(NtBuild.Windows7Sp1);
        Assert.Null(new HandleTableEntry(old, s_here).RefCnt);
        Assert.Equal(0u, new HandleTableEntry(old, s_here).ObAttributes);
        Assert.Null(new HandleTableEntry(Memory(), s_here).ObAttributes);
        var refused = Assert.Throws<InputException>(() => new HandleTableEntry(old, s_here).SetRefCnt(old, 1));
        Assert.Contains("_HANDLE_TABLE_ENTRY.RefCnt", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NtBuild.Windows7Sp1, 0x140)]
    [InlineData(NtBuild.Windows11_21H2, 0x18C)]
    public void The_same_property_follows_the_layout_of_its_target(NtBuild build, int offset) => // U-1.51, U-1.52
        Assert.Equal(s_here + offset, new DeviceNode(Memory(build), s_here).FlagsAddress);

    [Fact]
    public void A_view_of_unreadable_memory_says_where_and_why()
    {
        var memory = Memory();
        memory.Unmap(s_here, ReadFailure.PagedOut);
        var unreadable = Assert.Throws<TargetReadException>(() => new DeviceObject(memory, s_here).ReferenceCount);
        Assert.Equal((s_here + 4, ReadFailure.PagedOut), (unreadable.Address, unreadable.Failure));
    }

    [Fact]
    public void Views_are_equal_when_they_show_the_same_bytes()
    {
        var memory = Memory();
        Assert.Equal(new Irp(memory, s_here), new Irp(memory, s_here));
        Assert.NotEqual(new Irp(memory, s_here), new Irp(memory, s_here + 8));
        Assert.NotEqual(new Irp(memory, s_here), new Irp(Memory(), s_here));
        Assert.Equal("_IRP ffff8000`00010000", new Irp(memory, s_here).ToString());
        Assert.Equal(0xD0, Irp.SizeOf(memory.Layout));
    }

    [Fact]
    public void A_counted_string_is_read_up_to_its_length_or_the_limit()
    {
        var memory = Memory();
        var text = new UnicodeString(memory, s_here);
        Assert.Equal("", text.ToText());
        memory.Write(s_here + 0x100, System.Text.Encoding.Unicode.GetBytes("Gr\u00F6\u00DFe\0x..."));
        text.SetBuffer(memory, s_here + 0x100);
        text.SetLength(memory, 15);
        Assert.Equal("Gr\u00F6\u00DFe\0x", text.ToText());
        Assert.Equal("Gr", text.ToText(limit: 2));
        text.SetBuffer(memory, new VirtualAddress(0x10));
        Assert.Null(text.TryToText(out var failure));
        Assert.Equal(ReadFailure.NotMapped, failure);
        Assert.Throws<TargetReadException>(() => text.ToText());
    }

    [Fact]
    public void An_out_pointer_to_a_value_stores_the_value_and_one_to_a_structure_stores_its_address()
    {
        var memory = Memory();
        new Out<ushort>(s_here).Set(memory, 0x1234);
        Assert.Equal(0x1234ul, memory.ReadUInt64(s_here));
        Assert.Equal(0x1234, new Out<ushort>(s_here).Get(memory));
        new Out<NtStatus>(s_here).Set(memory, NtStatus.Pending);
        Assert.Equal(0x103ul, memory.ReadUInt64(s_here));
        new Out<DeviceObject>(s_here).Set(memory, new DeviceObject(memory, s_here + 0x20));
        Assert.Equal(s_here + 0x20, memory.ReadPointer(s_here));
        Assert.Equal(new DeviceObject(memory, s_here + 0x20), new Out<DeviceObject>(s_here).Get(memory));
        new Out<DeviceObject>(s_here).Set(memory, null);
        Assert.Null(new Out<DeviceObject>(s_here).Get(memory));
        default(Out<uint>).SetIfGiven(memory, 1);
        Assert.True(default(Out<uint>).IsNull);
        Assert.Throws<TargetReadException>(() => default(Out<uint>).Set(memory, 1));
    }
}
