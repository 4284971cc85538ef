using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A file system that caches its files.</summary>
public sealed class CacheManagerTests
{
    [Fact]
    public void A_cached_file_is_held_until_its_last_user_lets_it_go()
    {
        using var test = KernelTest.Boot();
        var files = new CachedFiles(test);
        var (first, second) = (files.Open(), files.Open());
        var before = test.PointerCount(first.Address);
        files.Cache(first, 100);
        files.Cache(second, 100);
        files.Cache(second, 100); // joins once only
        Assert.Equal(before + 1, test.PointerCount(first.Address));
        Assert.NotEqual(VirtualAddress.Null, first.PrivateCacheMap);
        var done = test.Allocate(0x20);
        test.CallNow("KeInitializeEvent", done.Value + 8, 0, 0);
        Assert.False(test.Boolean("CcUninitializeCacheMap", first.Address.Value, 0, 0));
        Assert.Equal((VirtualAddress.Null, before + 1), (first.PrivateCacheMap, test.PointerCount(first.Address)));
        Assert.True(test.Boolean("CcUninitializeCacheMap", second.Address.Value, 0, done.Value));
        test.RunUntilIdle();
        Assert.Equal((1, before), (test.Int("KeReadStateEvent", done.Value + 8), test.PointerCount(first.Address)));
        Assert.Equal(VirtualAddress.Null, files.Pointers.SharedCacheMap);
        Assert.False(test.Boolean("CcUninitializeCacheMap", second.Address.Value, 0, 0));
    }

    [Fact]
    public void A_copy_reads_whole_pages_past_the_cache_and_hands_out_what_was_asked_for()
    {
        using var test = KernelTest.Boot();
        var files = new CachedFiles(test);
        var file = files.Open();
        files.Cache(file, 0x3000);
        var (buffer, status) = (test.Allocate(0x20), test.Allocate(16));
        Assert.False(test.Boolean("CcCopyRead", file.Address.Value, test.Time(0x1FF8), 0x10, 0, buffer.Value, status.Value));
        Assert.Empty(files.Reads);
        Assert.True(test.Boolean("CcCopyRead", file.Address.Value, test.Time(0x1FF8), 0x10, 1, buffer.Value, status.Value));
        Assert.Equal([(0x1000L, 0x2000u, IrpFlags.NoCache | IrpFlags.PagingIo)], files.Reads);
        var data = new byte[0x10];
        test.Memory.Read(buffer, data);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2], data); // each page holds its number
        Assert.Equal((0UL, 0x10UL), (test.Value(status) & uint.MaxValue, test.Value(status + 8)));
    }

    [Fact]
    public void What_the_file_system_fails_with_is_raised()
    {
        using var test = KernelTest.Boot();
        var files = new CachedFiles(test) { Fails = true };
        var file = files.Open();
        files.Cache(file, 0x1000);
        var stop = test.RunToBugCheck(async _ => await test.Call(
            "CcCopyRead", file.Address.Value, test.Time(0), 4, 1, test.Allocate(8).Value, test.Allocate(16).Value));
        Assert.Equal((0x7Eu, NtStatus.DeviceDataError.Code), (stop.Code, (uint)stop.Parameter1));
    }

    [Fact]
    public void A_pinned_page_is_shared_and_written_behind_when_it_is_dirty_and_free()
    {
        using var test = KernelTest.Boot();
        var files = new CachedFiles(test);
        var file = files.Open();
        files.Cache(file, 0x3000);
        var (bcb, buffer, mapped, place) = (test.Allocate(8), test.Allocate(8), test.Allocate(8), test.Allocate(8));
        Assert.False(test.Boolean("CcPinRead", file.Address.Value, test.Time(0x1010), 8, 0, bcb.Value, buffer.Value));
        Assert.True(test.Boolean("CcPinRead", file.Address.Value, test.Time(0x1010), 8, 1, bcb.Value, buffer.Value));
        var address = new VirtualAddress(test.Value(buffer));
        Assert.Equal(1, test.Memory.ReadByte(address));
        Assert.Equal((0x1000u, 0x1000UL), (test.Memory.ReadUInt32(new VirtualAddress(test.Value(bcb)) + 4), test.Memory.ReadUInt64(new VirtualAddress(test.Value(bcb)) + 8)));

        // Another range of the page is the same memory, without a second read.
        Assert.True(test.Boolean("CcMapData", file.Address.Value, test.Time(0x1000), 0x20, 0, mapped.Value, place.Value));
        Assert.Equal((test.Value(bcb), address.Value - 0x10), (test.Value(mapped), test.Value(place)));
        Assert.True(test.Boolean("CcPinMappedData", file.Address.Value, test.Time(0x1000), 0x20, 1, mapped.Value));
        Assert.Single(files.Reads);

        test.Memory.WriteByte(address, 0x77);
        test.CallNow("CcSetDirtyPinnedData", test.Value(bcb), 0);
        test.CallNow("CcSetBcbOwnerPointer", test.Value(bcb), 0);
        test.CallNow("CcUnpinData", test.Value(mapped));
        test.RunUntilIdle();
        Assert.Empty(files.Writes);
        Assert.Equal(0x77, files.CopyByte(file, 0x1010));
        test.CallNow("CcUnpinDataForThread", test.Value(bcb), 0);
        test.RunUntilIdle();
        Assert.Equal([(0x1000L, 0x1000, 0x77)], files.Writes);
        Assert.Equal(["acquire", "release"], files.Log);
    }

    [Fact]
    public void A_write_lies_in_the_cache_until_it_is_flushed_or_purged()
    {
        using var test = KernelTest.Boot();
        var files = new CachedFiles(test) { AcquireRefuses = true };
        var file = files.Open();
        files.Cache(file, 0x3000);
        test.CallNow("CcSetReadAheadGranularity", file.Address.Value, 0x1000);
        Assert.True(test.Boolean("CcCanIWrite", file.Address.Value, 4, 1, 0));
        var data = test.Allocate(8);
        test.Memory.Write(data, [9, 9]);
        Assert.True(test.Boolean("CcCopyWrite", file.Address.Value, test.Time(0x2010), 2, 1, data.Value));
        Assert.True(test.Boolean("CcZeroData", file.Address.Value, test.Time(0x2011), test.Time(0x2012), 1));
        test.RunUntilIdle();
        Assert.Empty(files.Writes);
        Assert.Equal((9, 0), (files.CopyByte(file, 0x2010), files.CopyByte(file, 0x2011)));
        var status = test.Allocate(16);
        test.CallNow("CcFlushCache", files.Pointers.Address.Value, test.Time(0), 0x1000, status.Value);
        Assert.Empty(files.Writes);
        test.CallNow("CcFlushCache", files.Pointers.Address.Value, 0, 0, status.Value);
        Assert.Equal([(0x2000L, 0x1000, 9)], files.Writes);

        test.CallNow("CcCopyWrite", file.Address.Value, test.Time(0x10), 2, 1, data.Value);
        Assert.True(test.Boolean("CcPurgeCacheSection", files.Pointers.Address.Value, 0, 0, 0));
        Assert.Equal(0, files.CopyByte(file, 0x10));
        Assert.Single(files.Writes);
    }

    [Fact]
    public void A_prepared_page_is_dirty_and_a_second_pin_can_write_through()
    {
        using var test = KernelTest.Boot();
        var files = new CachedFiles(test);
        var file = files.Open();
        files.Cache(file, 0x3000);
        var (bcb, buffer, status) = (test.Allocate(8), test.Allocate(8), test.Allocate(16));
        Assert.True(test.Boolean("CcPreparePinWrite", file.Address.Value, test.Time(0x2010), 0x1000 - 0x10, 1, 1, bcb.Value, buffer.Value));
        Assert.Equal(0, test.Memory.ReadByte(new VirtualAddress(test.Value(buffer))));
        test.CallNow("CcRepinBcb", test.Value(bcb));
        Assert.False(test.Boolean("CcPurgeCacheSection", files.Pointers.Address.Value, 0, 0, 0));
        test.CallNow("CcUnpinRepinnedBcb", test.Value(bcb), 1, status.Value);
        Assert.Equal([(0x2000L, 0x1000, 0)], files.Writes);
        Assert.False(test.Boolean("CcUninitializeCacheMap", file.Address.Value, 0, 0));
        test.CallNow("CcUnpinData", test.Value(bcb));
        Assert.True(files.Pointers.SharedCacheMap.IsNull);
    }

    [Fact]
    public void Sizes_are_those_of_the_stream()
    {
        using var test = KernelTest.Boot();
        var files = new CachedFiles(test);
        var (first, second) = (files.Open(), files.Open());
        files.Cache(first, 10);
        files.Cache(second, 10);
        test.CallNow("CcSetFileSizes", second.Address.Value, files.Sizes(0x77));
        Assert.Equal(0x77UL, test.Value(first.PrivateCacheMap));
    }

    /// <summary>A driver whose opens all lead to one stream; the bytes of a page are its number.</summary>
    private sealed class CachedFiles
    {
        private readonly KernelTest _test;
        private readonly TestDriver _driver;
        private readonly TestApplication _application;

        public CachedFiles(KernelTest test)
        {
            _test = test;
            _driver = TestDriver.Load(test, "files");
            _driver.CreateDevice("Files");
            _driver.Dispatch = Dispatch;
            _application = new TestApplication(test);
            Pointers = new SectionObjectPointers(test.Memory, test.Allocate(0x18));
        }

        public SectionObjectPointers Pointers { get; }

        public List<(long Offset, uint Length, IrpFlags Flags)> Reads { get; } = [];

        /// <summary>Offset, length, and the byte at 10h of the page.</summary>
        public List<(long Offset, int Length, int Byte)> Writes { get; } = [];

        public List<string> Log { get; } = [];

        public bool Fails { get; init; }

        public bool AcquireRefuses { get; init; }

        public int CopyByte(FileObject file, long offset)
        {
            var (buffer, status) = (_test.Allocate(8), _test.Allocate(16));
            Assert.True(_test.Boolean("CcCopyRead", file.Address.Value, _test.Time(offset), 1, 1, buffer.Value, status.Value));
            return _test.Memory.ReadByte(buffer);
        }

        public FileObject Open()
        {
            var handle = _application.OpenDevice("Files");
            var file = new FileObject(_test.Memory, _test.Kernel.Ob.FindHandle(_application.Process, handle)!.Value.Body);
            file.SetSectionObjectPointer(_test.Memory, Pointers.Address);
            return file;
        }

        public void Cache(FileObject file, long size) => _test.CallNow("CcInitializeCacheMap", file.Address.Value, Sizes(size), 0, Callbacks().Value, 0x55);

        private VirtualAddress Callbacks()
        {
            var callbacks = _test.Allocate(0x20);
            _test.Memory.WritePointer(callbacks, _test.Routine(arguments =>
            {
                Assert.Equal(0x55UL, arguments[0]);
                Log.Add("acquire");
                return GuestTask.FromResult(AcquireRefuses ? 0UL : 1);
            }));
            _test.Memory.WritePointer(callbacks + 8, _test.Routine(_ =>
            {
                Log.Add("release");
                return GuestTask.FromResult(0UL);
            }));
            return callbacks;
        }

        public ulong Sizes(long size)
        {
            var sizes = _test.Allocate(0x18);
            for (var i = 0; i < 3; i++)
                _test.Memory.WriteUInt64(sizes + (8 * i), (ulong)size);
            return sizes.Value;
        }

        private GuestTask<NtStatus> Dispatch(Irp irp, IoStackLocation location)
        {
            if (location.MajorFunction == IrpMajor.Write)
            {
                Assert.Equal(IrpFlags.NoCache | IrpFlags.PagingIo, irp.Flags & (IrpFlags.NoCache | IrpFlags.PagingIo));
                Writes.Add((location.WriteByteOffset, (int)location.WriteLength, _test.Memory.ReadByte(irp.MdlAddress!.Value.MappedSystemVa + 0x10)));
                return _driver.Complete(irp, NtStatus.Success, location.WriteLength);
            }

            if (location.MajorFunction != IrpMajor.Read)
                return _driver.Complete(irp, NtStatus.Success);
            Reads.Add((location.ReadByteOffset, location.ReadLength, irp.Flags & (IrpFlags.NoCache | IrpFlags.PagingIo)));
            if (Fails)
                return _driver.Complete(irp, NtStatus.DeviceDataError);
            var data = new byte[location.ReadLength];
            for (var i = 0; i < data.Length; i++)
                data[i] = (byte)((location.ReadByteOffset + i) / 0x1000);
            _test.Memory.Write(irp.MdlAddress!.Value.MappedSystemVa, data);
            return _driver.Complete(irp, NtStatus.Success, (ulong)data.Length);
        }
    }
}
