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

        public bool Fails { get; init; }

        public FileObject Open()
        {
            var handle = _application.OpenDevice("Files");
            var file = new FileObject(_test.Memory, _test.Kernel.Ob.FindHandle(_application.Process, handle)!.Value.Body);
            file.SetSectionObjectPointer(_test.Memory, Pointers.Address);
            return file;
        }

        public void Cache(FileObject file, long size) => _test.CallNow("CcInitializeCacheMap", file.Address.Value, Sizes(size), 0, _test.Allocate(0x20).Value, 0);

        public ulong Sizes(long size)
        {
            var sizes = _test.Allocate(0x18);
            for (var i = 0; i < 3; i++)
                _test.Memory.WriteUInt64(sizes + (8 * i), (ulong)size);
            return sizes.Value;
        }

        private GuestTask<NtStatus> Dispatch(Irp irp, IoStackLocation location)
        {
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
