using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Registry values by handle and by the short forms of the run-time library.</summary>
public sealed class RegistryValueTests
{
    private const string Key = @"\Registry\Machine\System\CurrentControlSet\Services\Values";
    private const uint Basic = 0, Full = 1, Partial = 2;
    private const uint RegSz = 1, RegBinary = 3, RegDword = 4;
    private const uint RelativeToServices = 1, RelativeToHandle = 0x4000_0000;

    [Theory]
    [InlineData("Zw")]
    [InlineData("Nt")]
    public void A_value_is_written_read_listed_and_deleted(string prefix)
    {
        var (set, query, list, delete) = prefix == "Zw"
            ? ("ZwSetValueKey", "ZwQueryValueKey", "ZwEnumerateValueKey", "ZwDeleteValueKey")
            : ("NtSetValueKey", "NtQueryValueKey", "NtEnumerateValueKey", "NtDeleteValueKey");
        using var test = KernelTest.Boot();
        var key = Open(test);
        var (buffer, length) = (test.Allocate(0x80), test.Allocate(4));
        Assert.Equal(NtStatus.Success, test.Status(set, key, test.Text("Start"), 0, RegDword, Dword(test, 3), 4));
        Assert.Equal(NtStatus.Success, test.Status(set, key, test.Text("Blob"), 0, RegBinary, test.Bytes("12345"), 5));

        Assert.Equal(NtStatus.Success, test.Status(query, key, test.Text("START"), Partial, buffer.Value, 0x10, length.Value));
        Assert.Equal(
            (RegDword, 4u, 3u), (test.Memory.ReadUInt32(buffer + 4), test.Memory.ReadUInt32(buffer + 8), test.Memory.ReadUInt32(buffer + 0xC)));
        Assert.Equal(0x10u, test.Memory.ReadUInt32(length));
        Assert.Equal(NtStatus.BufferOverflow, test.Status(query, key, test.Text("Blob"), Partial, buffer.Value, 0xE, length.Value));
        Assert.Equal(0x11u, test.Memory.ReadUInt32(length));
        Assert.Equal(NtStatus.BufferTooSmall, test.Status(query, key, test.Text("Blob"), Partial, buffer.Value, 0, length.Value));
        Assert.Equal(0x11u, test.Memory.ReadUInt32(length));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status(query, key, test.Text("None"), Partial, buffer.Value, 0x80, length.Value));

        Assert.Equal(NtStatus.Success, test.Status(list, key, 1, Full, buffer.Value, 0x80, length.Value));
        var data = (ulong)test.Memory.ReadUInt32(buffer + 8);
        Assert.Equal((8u, 5u), (test.Memory.ReadUInt32(buffer + 0x10), test.Memory.ReadUInt32(buffer + 0xC)));
        Assert.Equal("12345", test.ReadBytes((buffer + data).Value)[..5]);
        Assert.Equal(NtStatus.Success, test.Status(list, key, 0, Basic, buffer.Value, 0x80, length.Value));
        Assert.Equal((RegDword, 10u), (test.Memory.ReadUInt32(buffer + 4), test.Memory.ReadUInt32(buffer + 8)));
        Assert.Equal(NtStatus.NoMoreEntries, test.Status(list, key, 2, Basic, buffer.Value, 0x80, length.Value));

        Assert.Equal(NtStatus.Success, test.Status(delete, key, test.Text("Start")));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status(delete, key, test.Text("Start")));
        Assert.Single(test.Kernel.Cm.FindKey(Key)!.Values);
    }

    [Fact]
    public void The_key_of_the_current_user_is_that_of_LocalSystem_whose_hive_is_the_default_one()
    {
        using var test = KernelTest.Boot();
        var path = test.Room(2);
        Assert.Equal(NtStatus.Success, test.Status("RtlFormatCurrentUserKeyPath", path));
        Assert.Equal(@"\Registry\User\S-1-5-18", test.Read(path));
        Assert.Same(test.Kernel.Cm.FindKey(@"\Registry\User\.Default"), test.Kernel.Cm.FindKey(test.Read(path)));
        test.CallNow("RtlFreeUnicodeString", path);
    }

    [Fact]
    public void The_short_forms_know_the_well_known_places()
    {
        using var test = KernelTest.Boot();
        Open(test);
        var path = test.Wide("Values");
        Assert.Equal(NtStatus.Success, test.Status("RtlCheckRegistryKey", RelativeToServices, path));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("RtlCheckRegistryKey", RelativeToServices, test.Wide("Nobody")));
        Assert.Equal(NtStatus.Success, test.Status("RtlCreateRegistryKey", RelativeToServices, test.Wide(@"Values\Made")));
        Assert.NotNull(test.Kernel.Cm.FindKey(Key + @"\Made"));
        Assert.Equal(
            NtStatus.Success,
            test.Status("RtlWriteRegistryValue", RelativeToServices, test.Wide(@"Values\New"), test.Wide("Text"), RegSz, test.Wide("hello"), 12));
        Assert.Equal("hello", test.Kernel.Cm.FindKey(Key + @"\New")!.FindValue("text")!.Text);
        Assert.Equal(
            NtStatus.ObjectNameNotFound,
            test.Status("RtlWriteRegistryValue", RelativeToServices, test.Wide(@"No\New"), test.Wide("Text"), RegSz, test.Wide("hello"), 12));
        Assert.Equal(NtStatus.Success, test.Status("RtlDeleteRegistryValue", RelativeToServices, test.Wide(@"Values\New"), test.Wide("Text")));
        Assert.Equal(
            NtStatus.ObjectNameNotFound, test.Status("RtlDeleteRegistryValue", RelativeToServices, test.Wide(@"Values\New"), test.Wide("Text")));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("RtlCheckRegistryKey", 9, path));
    }

    [Theory]
    [InlineData("RtlQueryRegistryValues")]
    [InlineData("RtlQueryRegistryValuesEx")]
    public void A_table_reads_values_into_variables_and_through_a_routine(string query)
    {
        const uint required = 4, direct = 0x20;
        using var test = KernelTest.Boot();
        var key = Open(test);
        test.Kernel.Cm.FindKey(Key)!.SetValue(RegistryValue.Dword("Depth", 7));
        test.Kernel.Cm.FindKey(Key)!.SetValue(RegistryValue.Expandable("Path", @"%SystemRoot%\x"));
        var seen = new List<(string Name, ulong Type, string Data, ulong Context)>();
        var routine = test.Routine(arguments =>
        {
            seen.Add((test.ReadWide(arguments[0]), arguments[1], test.ReadWide(arguments[2]), arguments[5]));
            return GuestTask.FromResult(0UL);
        });
        var (depth, missing) = (test.Allocate(4), test.Allocate(4));
        var table = Table(
            test,
            (0, direct, "Depth", depth.Value, 0, 0), (0, direct, "Missing", missing.Value, RegDword, Dword(test, 99)), (routine.Value, 0, "Path", 0x55, 0, 0));
        Assert.Equal(NtStatus.Success, test.Status(query, RelativeToHandle, key, table, 0, 0));
        Assert.Equal((7u, 99u), (test.Memory.ReadUInt32(depth), test.Memory.ReadUInt32(missing)));
        Assert.Equal([("Path", (ulong)RegSz, @"C:\Windows\x", 0x55UL)], seen);

        table = Table(test, (routine.Value, required, "Absent", 0, 0, 0));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status(query, RelativeToHandle, key, table, 0, 0));
    }

    private static ulong Table(
        KernelTest test, params (ulong Routine, uint Flags, string Name, ulong Context, uint DefaultType, ulong DefaultData)[] entries)
    {
        var bytes = RtlQueryRegistryTable.SizeOf(test.Memory.Layout);
        var table = test.Allocate(bytes * (entries.Length + 1));
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = table + (i * bytes);
            test.Memory.WriteUInt64(entry, entries[i].Routine);
            test.Memory.WriteUInt32(entry + 8, entries[i].Flags);
            test.Memory.WriteUInt64(entry + 0x10, test.Wide(entries[i].Name));
            test.Memory.WriteUInt64(entry + 0x18, entries[i].Context);
            test.Memory.WriteUInt32(entry + 0x20, entries[i].DefaultType);
            test.Memory.WriteUInt64(entry + 0x28, entries[i].DefaultData);
            test.Memory.WriteUInt32(entry + 0x30, entries[i].DefaultType == 0 ? 0u : 4);
        }

        return table.Value;
    }

    private static ulong Dword(KernelTest test, uint value)
    {
        var address = test.Allocate(4);
        test.Memory.WriteUInt32(address, value);
        return address.Value;
    }

    private static ulong Open(KernelTest test)
    {
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateKey", handle.Value, 0xF_003F, test.Attributes(Key), 0, 0, 0, 0));
        return test.Value(handle);
    }
}
