using LastRef.Cpu;

namespace LastRef.Tests;

public sealed class GuestMemoryTests
{
    private const ulong Base = 0xFFFF8000_00000000;
    private const PageAccess ReadWrite = PageAccess.Read | PageAccess.Write;

    [Fact]
    public void Fresh_memory_is_zero_and_reads_cross_pages()
    {
        using var memory = new GuestMemory(16);
        memory.Map(Base, 0x2000, ReadWrite);
        Assert.True(memory.TryWrite(Base + 0xFFC, [1, 2, 3, 4, 5, 6, 7, 8]));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 0], Read(memory, Base + 0xFFB, 10));
        Assert.False(memory.TryRead(Base + 0x1FFF, new byte[2]));
    }

    [Fact]
    public void A_write_that_ends_on_an_unmapped_page_changes_nothing()
    {
        using var memory = new GuestMemory(16);
        memory.Map(Base, 0x1000, ReadWrite);
        Assert.False(memory.TryWrite(Base + 0xFFE, [1, 2, 3]));
        Assert.Equal([0, 0], Read(memory, Base + 0xFFE, 2));
    }

    [Fact]
    public void Aliases_share_their_frame_until_the_last_is_unmapped()
    {
        using var memory = new GuestMemory(16);
        memory.Map(Base, 0x1000, ReadWrite);
        memory.MapAlias(Base + 0x10000, Base, 0x1000, PageAccess.Read);
        Assert.Equal([0], Read(memory, Base + 0x10000, 1));
        memory.TryWrite(Base, [9]);
        Assert.Equal([9], Read(memory, Base + 0x10000, 1));
        memory.Unmap(Base, 0x1000);
        memory.TryWrite(Base + 0x10000, [8]);
        Assert.Equal([8], Read(memory, Base + 0x10000, 1));
        Assert.False(memory.TryRead(Base, new byte[1]));
    }

    [Fact]
    public void Frames_are_consecutive_and_can_be_mapped_by_number()
    {
        using var memory = new GuestMemory(64);
        memory.Map(Base, 0x1000, ReadWrite);
        memory.Map(Base + 0x10000, 0x4000, ReadWrite);
        Assert.True(memory.TryQuery(Base + 0x10000, out _, out ulong first));
        Assert.True(memory.TryQuery(Base + 0x13000, out _, out ulong last));
        Assert.Equal(first + 3, last);
        memory.MapPhysical(Base + 0x20000, first, 4, PageAccess.Read);
        memory.TryWrite(Base + 0x12000, [5]);
        Assert.Equal([5], Read(memory, Base + 0x22000, 1));
        Assert.Throws<InvalidOperationException>(() => memory.MapPhysical(Base + 0x30000, 999, 1, PageAccess.Read));
    }

    [Fact]
    public void Restoring_brings_back_contents_mappings_and_access_again_and_again()
    {
        using var memory = new GuestMemory(64);
        memory.Map(Base, 0x3000, ReadWrite);
        memory.TryWrite(Base, [1]);
        MemorySnapshot snapshot = memory.TakeSnapshot();
        for (int round = 0; round < 3; round++)
        {
            memory.TryWrite(Base, [2]);
            memory.Unmap(Base + 0x1000, 0x1000);
            memory.Protect(Base + 0x2000, 0x1000, PageAccess.Read);
            memory.Map(Base + 0x8000, 0x1000, ReadWrite);
            memory.TryWrite(Base + 0x8000, [3]);
            memory.Restore(snapshot);
            Assert.Equal([1], Read(memory, Base, 1));
            Assert.Equal([Base, Base + 0x1000, Base + 0x2000], memory.Pages.Select(page => page.Address));
            Assert.All(memory.Pages, page => Assert.Equal(ReadWrite, page.Access));
        }
    }

    [Fact]
    public void Memory_equals_a_snapshot_when_every_byte_is_what_it_was_but_for_the_ignored_ones()
    {
        using var memory = new GuestMemory(64);
        memory.Map(Base, 0x2000, ReadWrite);
        memory.TryWrite(Base + 0xFFE, [1, 2, 3, 4]);
        MemorySnapshot snapshot = memory.TakeSnapshot();
        Assert.True(memory.EqualsSnapshot(snapshot, []));
        memory.TryWrite(Base + 0xFFE, [9, 9, 9, 9]);
        Assert.False(memory.EqualsSnapshot(snapshot, []));
        memory.TryWrite(Base + 0xFFE, [1, 2, 3, 4]);
        Assert.True(memory.EqualsSnapshot(snapshot, []));
        memory.TryWrite(Base + 0x1800, [5]);
        Assert.False(memory.EqualsSnapshot(snapshot, [(Base + 0x1801, 8)]));
        Assert.False(memory.EqualsSnapshot(snapshot, [(Base + 0x800, 8)]));
        Assert.True(memory.EqualsSnapshot(snapshot, [(Base + 0x1800, 1)]));
    }

    [Fact]
    public void Memory_that_was_mapped_or_protected_since_equals_no_snapshot()
    {
        using var memory = new GuestMemory(64);
        memory.Map(Base, 0x1000, ReadWrite);
        MemorySnapshot snapshot = memory.TakeSnapshot();
        memory.Map(Base + 0x1000, 0x1000, ReadWrite);
        Assert.False(memory.EqualsSnapshot(snapshot, []));
        snapshot.Dispose();
        MemorySnapshot second = memory.TakeSnapshot();
        memory.Protect(Base, 0x1000, PageAccess.Read);
        Assert.False(memory.EqualsSnapshot(second, []));
        Assert.Throws<InvalidOperationException>(() => memory.EqualsSnapshot(snapshot, []));
    }

    [Fact]
    public void Restoring_an_older_snapshot_ends_the_newer_one()
    {
        using var memory = new GuestMemory(64);
        memory.Map(Base, 0x1000, ReadWrite);
        MemorySnapshot older = memory.TakeSnapshot();
        memory.TryWrite(Base, [1]);
        MemorySnapshot newer = memory.TakeSnapshot();
        memory.TryWrite(Base, [2]);
        memory.Restore(newer);
        Assert.Equal([1], Read(memory, Base, 1));
        memory.Restore(older);
        Assert.Equal([0], Read(memory, Base, 1));
        Assert.False(newer.IsValid);
        Assert.Throws<InvalidOperationException>(() => memory.Restore(newer));
    }

    [Fact]
    public void A_device_sees_every_access()
    {
        using var memory = new GuestMemory(64);
        var device = new RecordingDevice();
        memory.MapDevice(Base, 0x2000, device);
        Assert.Equal([0x44, 0x33, 0x22, 0x11], Read(memory, Base + 0x1010, 4));
        memory.TryWrite(Base + 8, [1, 0]);
        Assert.Equal(["read 1010,4", "write 8,2=1"], device.Log);
    }

    [Fact]
    public void The_bound_on_frames_is_kept_and_nothing_is_mapped_beyond_it()
    {
        using var memory = new GuestMemory(4);
        memory.Map(Base, 0x3000, ReadWrite);
        Assert.Throws<GuestMemoryExhaustedException>(() => memory.Map(Base + 0x10000, 0x2000, ReadWrite));
        Assert.Equal(3, memory.MappedPages);
        Assert.Equal(3, memory.PeakPages);
    }

    private static byte[] Read(GuestMemory memory, ulong address, int count)
    {
        byte[] bytes = new byte[count];
        Assert.True(memory.TryRead(address, bytes));
        return bytes;
    }

    private sealed class RecordingDevice : IDeviceMemory
    {
        public List<string> Log { get; } = [];

        public ulong Read(ulong offset, int size)
        {
            Log.Add($"read {offset:X},{size}");
            return 0x11223344;
        }

        public void Write(ulong offset, int size, ulong value) => Log.Add($"write {offset:X},{size}={value:X}");
    }
}
