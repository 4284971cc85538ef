using LastRef.Cpu;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class MemoryTests
{
    [Fact]
    public void A_mapped_device_is_read_and_written_and_an_absent_one_reads_all_ones()
    {
        using var test = KernelTest.Boot();
        var device = new Registers();
        test.Kernel.Mm.AddDevice(new PhysicalAddress(0xFE00_0000), 0x1000, device);
        var mapped = new VirtualAddress(test.CallNow("MmMapIoSpace", 0xFE00_0010, 8, 0));
        test.Memory.WriteUInt32(mapped, 0x1234);
        Assert.Equal(0x1234u, test.Memory.ReadUInt32(mapped));
        Assert.Equal(0x1234UL, device.Values[0x10]);
        var absent = new VirtualAddress(test.CallNow("MmMapIoSpace", 0xF0000, 4, 0));
        Assert.Equal(uint.MaxValue, test.Memory.ReadUInt32(absent));
        test.CallNow("MmUnmapIoSpace", mapped.Value, 8);
        Assert.False(test.Memory.TryRead(mapped, new byte[1], out _));
        var records = test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.IoMapping).ToArray();
        Assert.Equal([(true, mapped), (true, absent), (false, mapped)], records.Select(r => (r.Begin, r.Address)));
    }

    [Fact]
    public void A_physical_address_leads_back_to_the_same_memory()
    {
        using var test = KernelTest.Boot();
        var pool = test.Allocate(32);
        test.Memory.WriteUInt32(pool, 0xCAFE);
        var physical = test.CallNow("MmGetPhysicalAddress", pool.Value);
        Assert.Equal(0xCAFEu, test.Memory.ReadUInt32(new VirtualAddress(test.CallNow("MmMapIoSpace", physical, 4, 0))));
        Assert.Equal(0UL, test.CallNow("MmGetPhysicalAddress", 0x1000));
    }

    [Fact]
    public void Contiguous_memory_is_contiguous()
    {
        using var test = KernelTest.Boot();
        var memory = test.CallNow("MmAllocateContiguousMemory", 0x3000, uint.MaxValue);
        var physical = test.CallNow("MmGetPhysicalAddress", memory);
        for (var page = 1UL; page < 3; page++)
            Assert.Equal(physical + (page * 0x1000), test.CallNow("MmGetPhysicalAddress", memory + (page * 0x1000)));
        Assert.Equal(0UL, test.CallNow("MmAllocateContiguousMemory", 0x1000, 0xFFFF));
        test.CallNow("MmFreeContiguousMemory", memory);
        Assert.False(test.Memory.TryRead(new VirtualAddress(memory), new byte[1], out _));
    }

    [Theory]
    [InlineData(0x2000UL)]
    [InlineData(0x4000UL)]
    public void Contiguous_memory_crosses_no_multiple_of_the_boundary_and_lies_within_its_bounds(ulong boundary)
    {
        using var test = KernelTest.Boot();
        for (var i = 0; i < 5; i++)
        {
            var memory = test.CallNow("MmAllocateContiguousMemorySpecifyCache", 0x2000, 0, uint.MaxValue, boundary, 1);
            var physical = test.CallNow("MmGetPhysicalAddress", memory);
            Assert.Equal(physical / boundary, (physical + 0x1FFF) / boundary);
            Assert.Equal(physical + 0x1000, test.CallNow("MmGetPhysicalAddress", memory + 0x1000));
            test.Memory.WriteUInt64(new VirtualAddress(memory + 0x1FF8), 1);
            Assert.False(test.Memory.TryRead(new VirtualAddress(memory + 0x2000), new byte[1], out _));
            test.Allocate(0x800);
        }

        Assert.Equal(0UL, test.CallNow("MmAllocateContiguousMemorySpecifyCache", 0x2000, 0, uint.MaxValue, 0x1000, 1));
        Assert.Equal(0UL, test.CallNow("MmAllocateContiguousMemorySpecifyCache", 0x2000, 0x8_0000_0000, ulong.MaxValue, 0, 1));
    }

    [Fact]
    public void A_routine_is_found_by_name_and_only_one_that_the_build_lacks_is_not()
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = NtBuild.Windows7Sp1 });
        Assert.Equal(test.Export("IoCreateDevice").Value, test.CallNow("MmGetSystemRoutineAddress", test.Text("IoCreateDevice")));
        Assert.Equal(0UL, test.CallNow("MmGetSystemRoutineAddress", test.Text("ExAllocatePool2")));
        var missing = new VirtualAddress(test.CallNow("MmGetSystemRoutineAddress", test.Text("FsRtlSomethingElse")));
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Kernel.CurrentThread.Call(missing)));
        Assert.Equal((UnsupportedKind.Export, "ntoskrnl.exe!FsRtlSomethingElse"), (stop.Kind, stop.Name));
    }

    [Theory]
    [InlineData(0x0000_0300_0000_0000UL, 8UL, true)]
    [InlineData(0xFFFF_8A00_0000_0000UL, 8UL, false)]
    [InlineData(0x0000_7FFF_FFFE_FFFFUL, 8UL, false)]
    [InlineData(0xFFFF_8A00_0000_0000UL, 0UL, true)]
    public void Probing_for_reading_looks_at_the_range_and_not_at_the_memory(ulong address, ulong length, bool isGood)
    {
        using var test = KernelTest.Boot();
        var raised = Record.Exception(() => test.Kernel.Mm.ProbeForRead(new VirtualAddress(address), length, 1));
        Assert.Equal(isGood, raised is null);
        if (raised is not null)
            Assert.Equal(NtStatus.AccessViolation, Assert.IsType<GuestRaisedException>(raised).Code);
    }

    [Fact]
    public void Probing_for_writing_raises_for_memory_that_is_not_there_and_for_a_bad_alignment()
    {
        using var test = KernelTest.Boot();
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        var buffer = test.Kernel.Mm.AllocateUser(process, 0x1000);
        test.Kernel.Mm.ProbeForWrite(buffer, 0x1000, 8);
        Assert.Throws<GuestRaisedException>(() => test.Kernel.Mm.ProbeForWrite(buffer, 0x1001, 8));
        var raised = Assert.Throws<GuestRaisedException>(() => test.Kernel.Mm.ProbeForWrite(buffer + 1, 4, 4));
        Assert.Equal(NtStatus.DatatypeMisalignment, raised.Code);
    }

    [Fact]
    public void Virtual_memory_is_allocated_in_pages_and_freed_whole()
    {
        using var test = KernelTest.Boot();
        var (@base, size) = (test.Allocate(8), test.Allocate(8));
        test.Memory.WriteUInt64(size, 5);
        Assert.Equal(NtStatus.Success, test.Status("ZwAllocateVirtualMemory", ulong.MaxValue, @base.Value, 0, size.Value, 0x3000, 4));
        var address = test.Memory.ReadPointer(@base);
        Assert.False(address.IsKernel);
        Assert.Equal(0x1000UL, test.Memory.ReadUInt64(size));
        test.Memory.WriteByte(address + 0xFFF, 1);
        test.Memory.WriteUInt64(size, 0);
        Assert.Equal(NtStatus.Success, test.Status("ZwFreeVirtualMemory", ulong.MaxValue, @base.Value, size.Value, 0x8000));
        Assert.False(test.Memory.TryRead(address, new byte[1], out _));
        Assert.Equal(NtStatus.MemoryNotAllocated, test.Status("ZwFreeVirtualMemory", ulong.MaxValue, @base.Value, size.Value, 0x8000));
    }

    [Fact]
    public void Physical_memory_is_a_section_that_can_be_mapped_into_a_process()
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        var attributes = new ObjectAttributes(test.Memory, test.Allocate(ObjectAttributes.SizeOf(test.Memory.Layout)));
        test.Memory.WriteUInt64(attributes.ObjectNameAddress, test.Text(@"\Device\PhysicalMemory"));
        Assert.Equal(NtStatus.Success, test.Status("ZwOpenSection", handle.Value, 0xF001F, attributes.Address.Value));
        var (@base, offset, size) = (test.Allocate(8), test.Allocate(8), test.Allocate(8));
        test.Memory.WriteUInt64(offset, 0xC0000);
        test.Memory.WriteUInt64(size, 0x1000);
        Assert.Equal(
            NtStatus.Success,
            test.Status(
                "ZwMapViewOfSection", test.Memory.ReadUInt64(handle), ulong.MaxValue, @base.Value, 0, 0, offset.Value, size.Value, 1, 0, 0x204));
        var view = test.Memory.ReadPointer(@base);
        Assert.Equal(0xFF, test.Memory.ReadByte(view));
        Assert.Equal(NtStatus.Success, test.Status("ZwUnmapViewOfSection", ulong.MaxValue, view.Value));
        Assert.Equal(NtStatus.NotMappedView, test.Status("ZwUnmapViewOfSection", ulong.MaxValue, view.Value));
    }

    [Fact]
    public void An_address_is_valid_when_it_is_mapped_and_nonpaged_when_it_is_not_in_paged_pool()
    {
        using var test = KernelTest.Boot();
        var nonPaged = test.Allocate(8).Value;
        var paged = test.Kernel.Ex.PagedPool.Allocate(8, PoolTags.Of("Test"), null).Value;
        bool Ask(string routine, ulong address) => (byte)test.CallNow(routine, address) != 0;
        Assert.Equal((true, true, false), (Ask("MmIsAddressValid", nonPaged), Ask("MmIsAddressValid", paged), Ask("MmIsAddressValid", 8)));
        Assert.True(Ask("MmIsNonPagedSystemAddressValid", nonPaged));
        Assert.False(Ask("MmIsNonPagedSystemAddressValid", paged));
    }

    [Fact]
    public void Paging_a_driver_names_its_base_and_locking_a_section_needs_an_image()
    {
        using var test = KernelTest.Boot();
        var start = TestDriver.Load(test, "driver").Object.DriverStart;
        Assert.Equal(start.Value, test.CallNow("MmPageEntireDriver", start.Value + 0x1000));
        Assert.Equal(0UL, test.CallNow("MmPageEntireDriver", test.Allocate(8).Value));
        test.CallNow("MmResetDriverPaging", start.Value);
        var handle = test.CallNow("MmLockPagableDataSection", start.Value + 0x1000);
        Assert.NotEqual(0UL, handle);
        test.CallNow("MmLockPagableSectionByHandle", handle);
        test.CallNow("MmUnlockPagableImageSection", handle);
        Assert.Equal(0x1Au, test.RunToBugCheck(async _ => await test.Call("MmLockPagableDataSection", 0x1234)).Code);
    }

    [Fact]
    public void Contiguous_memory_with_a_cache_type_or_of_a_node_is_the_same()
    {
        using var test = KernelTest.Boot();
        const uint readWrite = 4, anyNode = uint.MaxValue;
        var memory = test.CallNow("MmAllocateContiguousMemorySpecifyCache", 0x2000, 0x1000, uint.MaxValue, 0, 1);
        Assert.NotEqual(0UL, memory);
        test.CallNow("MmFreeContiguousMemorySpecifyCache", memory, 0x2000, 1);
        memory = test.CallNow("MmAllocateContiguousNodeMemory", 0x2000, 0, uint.MaxValue, 0, readWrite, anyNode);
        test.Memory.WriteUInt64(new VirtualAddress(memory + 0x1FF8), 1);
        test.CallNow("MmFreeContiguousMemory", memory);
    }

    [Fact]
    public void The_extended_mapping_routine_maps_the_same_address()
    {
        using var test = KernelTest.Boot();
        var pool = test.Allocate(32);
        var mapped = new VirtualAddress(test.CallNow("MmMapIoSpaceEx", test.CallNow("MmGetPhysicalAddress", pool.Value), 8, 4));
        test.Memory.WriteByte(mapped, 0x5A);
        Assert.Equal(0x5A, test.Memory.ReadByte(pool));
    }

    [Fact]
    public void The_system_is_a_large_one()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(2u, (uint)test.CallNow("MmQuerySystemSize"));
    }

    private sealed class Registers : IDeviceMemory
    {
        public Dictionary<ulong, ulong> Values { get; } = [];

        public ulong Read(ulong offset, int size) => Values.GetValueOrDefault(offset);

        public void Write(ulong offset, int size, ulong value) => Values[offset] = value;
    }
}
