using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What a directory of the namespace holds.</summary>
public sealed class DirectoryQueryTests
{
    [Theory]
    [InlineData("ZwQueryDirectoryObject")]
    [InlineData("NtQueryDirectoryObject")]
    public void A_directory_lists_its_objects_with_their_types(string routine)
    {
        using var test = KernelTest.Boot();
        TestDriver.Load(test, "listed").CreateDevice("Listed");
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwOpenDirectoryObject", handle.Value, 1, test.Attributes(@"\Device")));
        var (buffer, context, length) = (test.Allocate(0x1000), test.Allocate(4), test.Allocate(4));
        Assert.Equal(NtStatus.BufferTooSmall, test.Status(routine, test.Value(handle), buffer.Value, 0x20, 0, 1, context.Value, length.Value));
        Assert.True(test.Memory.ReadUInt32(length) > 0x20);
        Assert.Equal(NtStatus.Success, test.Status(routine, test.Value(handle), buffer.Value, 0x1000, 0, 1, context.Value, length.Value));
        var found = new List<(string Name, string Type)>();
        for (var entry = buffer; new UnicodeString(test.Memory, entry).Length != 0; entry += 0x20)
            found.Add((test.Read(entry.Value), test.Read((entry + 0x10).Value)));
        Assert.Contains(("Listed", "Device"), found);
        Assert.Contains(("PhysicalMemory", "Section"), found);
        Assert.Equal((uint)found.Count, test.Memory.ReadUInt32(context));
        Assert.Equal(NtStatus.NoMoreEntries, test.Status(routine, test.Value(handle), buffer.Value, 0x1000, 0, 0, context.Value, length.Value));

        // One at a time gives the same objects.
        var single = new List<string>();
        for (var restart = 1ul; test.Status(routine, test.Value(handle), buffer.Value, 0x1000, 1, restart, context.Value, length.Value) == NtStatus.Success; restart = 0)
            single.Add(test.Read(buffer.Value));
        Assert.Equal(found.Select(f => f.Name), single);
        Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, 0x7770, buffer.Value, 0x1000, 0, 1, context.Value, length.Value));
    }

    [Fact]
    public void What_does_not_fit_comes_with_the_next_call()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "listed");
        for (var i = 0; i < 10; i++)
            driver.CreateDevice($"Listed{i}");
        var (handle, buffer, context) = (test.Allocate(8), test.Allocate(0x200), test.Allocate(4));
        Assert.Equal(NtStatus.Success, test.Status("ZwOpenDirectoryObject", handle.Value, 1, test.Attributes(@"\Device")));
        var names = new HashSet<string>();
        var status = NtStatus.MoreEntries;
        for (var restart = 1ul; status == NtStatus.MoreEntries; restart = 0)
        {
            status = test.Status("ZwQueryDirectoryObject", test.Value(handle), buffer.Value, 0x200, 0, restart, context.Value, 0);
            Assert.True(status.IsSuccess);
            for (var entry = buffer; new UnicodeString(test.Memory, entry).Length != 0; entry += 0x20)
                Assert.True(names.Add(test.Read(entry.Value)));
        }

        Assert.Equal(10, names.Count(name => name.StartsWith("Listed", StringComparison.Ordinal)));
    }
}
