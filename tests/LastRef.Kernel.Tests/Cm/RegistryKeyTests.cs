using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Registry keys by handle, in the Zw and the Nt form.</summary>
public sealed class RegistryKeyTests
{
    private const uint AllAccess = 0xF_003F;
    private const string Services = @"\Registry\Machine\System\CurrentControlSet\Services";

    [Theory]
    [InlineData("Zw")]
    [InlineData("Nt")]
    public void A_key_is_created_once_and_opened_after_that(string prefix)
    {
        using var test = KernelTest.Boot();
        var (handle, disposition) = (test.Allocate(8), test.Allocate(4));
        var attributes = test.Attributes(Services + @"\Lab");
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status(prefix == "Zw" ? "ZwOpenKey" : "NtOpenKey", handle.Value, AllAccess, attributes));
        var create = prefix == "Zw" ? "ZwCreateKey" : "NtCreateKey";
        Assert.Equal(NtStatus.Success, test.Status(create, handle.Value, AllAccess, attributes, 0, 0, 0, disposition.Value));
        Assert.Equal(1u, test.Memory.ReadUInt32(disposition)); // REG_CREATED_NEW_KEY
        Assert.Equal(NtStatus.Success, test.Status(create, handle.Value, AllAccess, attributes, 0, 0, 0, disposition.Value));
        Assert.Equal(2u, test.Memory.ReadUInt32(disposition)); // REG_OPENED_EXISTING_KEY
        Assert.Equal(NtStatus.Success, test.Status(prefix == "Zw" ? "ZwOpenKey" : "NtOpenKey", handle.Value, AllAccess, test.Attributes(Services.ToUpperInvariant() + @"\LAB")));
        Assert.Equal(
            NtStatus.ObjectNameNotFound, test.Status(create, handle.Value, AllAccess, test.Attributes(Services + @"\No\Parent"), 0, 0, 0, 0));
        Assert.Equal(NtStatus.ObjectPathSyntaxBad, test.Status(create, handle.Value, AllAccess, test.Attributes("Relative"), 0, 0, 0, 0));
    }

    [Fact]
    public void A_handle_to_a_key_is_registered_until_it_is_closed_and_may_be_a_root()
    {
        using var test = KernelTest.Boot();
        var root = Create(test, Services + @"\Root");
        var handle = test.Allocate(8);
        Assert.Equal(
            NtStatus.Success, test.Status("ZwCreateKey", handle.Value, AllAccess, test.Attributes("Parameters", rootDirectory: root), 0, 0, 0, 0));
        Assert.NotNull(test.Kernel.Cm.FindKey(Services + @"\Root\Parameters"));
        Assert.Equal(
            NtStatus.ObjectPathSyntaxBad, test.Status("ZwOpenKeyEx", handle.Value, AllAccess, test.Attributes(@"\Parameters", rootDirectory: root), 0));
        Assert.Equal(NtStatus.Success, test.Status("ZwOpenKeyEx", handle.Value, AllAccess, test.Attributes("parameters", rootDirectory: root), 0));
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", root));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ZwOpenKeyEx", handle.Value, AllAccess, test.Attributes("parameters", rootDirectory: root), 0));
        Assert.Equal(
            [true, true, true, false],
            test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.RegistryKey).Select(r => r.Begin));
    }

    [Theory]
    [InlineData("ZwDeleteKey")]
    [InlineData("NtDeleteKey")]
    public void A_key_with_subkeys_cannot_be_deleted_and_one_without_is_dead_through_its_handles(string routine)
    {
        using var test = KernelTest.Boot();
        var parent = Create(test, Services + @"\Parent");
        var child = Create(test, Services + @"\Parent\Child");
        Assert.Equal(NtStatus.Success, test.Status("ZwFlushKey", parent));
        Assert.Equal(NtStatus.CannotDelete, test.Status(routine, parent));
        Assert.Equal(NtStatus.Success, test.Status(routine, child));
        Assert.Null(test.Kernel.Cm.FindKey(Services + @"\Parent\Child"));
        Assert.Equal(NtStatus.KeyDeleted, test.Status(routine, child));
        Assert.Equal(NtStatus.KeyDeleted, test.Status("ZwFlushKey", child));
        Assert.Equal(NtStatus.Success, test.Status(routine, parent));
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", child));
    }

    [Fact]
    public void Below_a_volatile_key_only_volatile_keys_are_made()
    {
        const uint isVolatile = 1;
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateKey", handle.Value, AllAccess, test.Attributes(Services + @"\V"), 0, 0, isVolatile, 0));
        var below = test.Attributes(Services + @"\V\W");
        Assert.Equal(NtStatus.ChildMustBeVolatile, test.Status("ZwCreateKey", handle.Value, AllAccess, below, 0, 0, 0, 0));
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateKey", handle.Value, AllAccess, below, 0, 0, isVolatile, 0));
    }

    [Theory]
    [InlineData("ZwEnumerateKey", "ZwQueryKey")]
    [InlineData("NtEnumerateKey", "NtQueryKey")]
    public void Subkeys_are_listed_and_counted(string enumerate, string query)
    {
        const uint basic = 0, full = 2, name = 3;
        using var test = KernelTest.Boot();
        var key = Create(test, Services + @"\Listed");
        Create(test, Services + @"\Listed\Alpha");
        Create(test, Services + @"\Listed\Be");
        var (buffer, length) = (test.Allocate(0x100), test.Allocate(4));
        Assert.Equal(NtStatus.Success, test.Status(enumerate, key, 0, basic, buffer.Value, 0x100, length.Value));
        Assert.Equal(0x10u + 10, test.Memory.ReadUInt32(length));
        Assert.Equal("Alpha", Text(test, buffer + 0x10, (int)test.Memory.ReadUInt32(buffer + 0xC)));
        Assert.Equal(NtStatus.BufferTooSmall, test.Status(enumerate, key, 0, basic, buffer.Value, 8, length.Value));
        Assert.Equal(NtStatus.BufferOverflow, test.Status(enumerate, key, 0, basic, buffer.Value, 0x12, length.Value));
        Assert.Equal(NtStatus.NoMoreEntries, test.Status(enumerate, key, 2, basic, buffer.Value, 0x100, length.Value));
        Assert.Equal(NtStatus.InvalidParameter, test.Status(enumerate, key, 0, name, buffer.Value, 0x100, length.Value));

        Assert.Equal(NtStatus.Success, test.Status(query, key, full, buffer.Value, 0x100, length.Value));
        Assert.Equal((2u, 10u), (test.Memory.ReadUInt32(buffer + 0x14), test.Memory.ReadUInt32(buffer + 0x18))); // SubKeys, MaxNameLen
        Assert.Equal(NtStatus.Success, test.Status(query, key, name, buffer.Value, 0x100, length.Value));
        Assert.Equal(Services.ToUpperInvariant() + @"\LISTED", Text(test, buffer + 4, (int)test.Memory.ReadUInt32(buffer)).ToUpperInvariant());
    }

    [Fact]
    public void A_watch_of_nothing_and_one_for_nothing_are_refused_and_one_with_a_buffer_is_said_to_be_missing()
    {
        using var test = KernelTest.Boot();
        var key = Create(test, Services + @"\Watched");
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ZwNotifyChangeKey", 0x7770, 0, 0, 0, 0, 4, 0, 0, 0, 1));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("NtNotifyChangeKey", key, 0, 0, 0, 0, 0, 0, 0, 0, 1));
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("ZwNotifyChangeKey", key, 0, 0, 0, 0, 4, 0, 0x1000, 8, 1)));
    }

    [Theory]
    [InlineData(NtBuild.Windows7Sp1, 0)]
    [InlineData(NtBuild.Windows10_2004, 1)]
    [Trait("Spec", "U-6.32")]
    public void A_registry_callback_is_listed_until_its_cookie_is_given_back(NtBuild build, uint minor)
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = build });
        var (cookie, other, context) = (test.Allocate(8), test.Allocate(8), 0x77UL);
        var (major, minorRead) = (test.Allocate(4), test.Allocate(4));
        test.CallNow("CmGetCallbackVersion", major.Value, minorRead.Value);
        Assert.Equal((1u, minor), (test.Memory.ReadUInt32(major), test.Memory.ReadUInt32(minorRead)));
        var routine = test.Code(0x31, 0xC0, 0xC3).Value;
        Assert.Equal(NtStatus.Success, test.Status("CmRegisterCallbackEx", routine, test.Text("360000"), 0, context, cookie.Value, 0));
        Assert.Equal(NtStatus.FltInstanceAltitudeCollision, test.Status("CmRegisterCallbackEx", routine, test.Text("360000"), 0, context, other.Value, 0));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("CmRegisterCallbackEx", routine, test.Text(""), 0, context, other.Value, 0));
        Assert.Equal(NtStatus.Success, test.Status("CmRegisterCallback", routine, context, other.Value));
        Assert.NotEqual(test.Value(cookie), test.Value(other));
        Assert.Equal(NtStatus.Success, test.Status("CmUnRegisterCallback", test.Value(cookie)));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("CmUnRegisterCallback", test.Value(cookie)));
        Assert.Equal(NtStatus.Success, test.Status("CmUnRegisterCallback", test.Value(other)));
        var records = test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.RegistryCallback);
        Assert.Equal([true, true, false, false], records.Select(r => r.Begin));
        Assert.All(records, r => Assert.Equal(routine, r.Routine.Value));
        Create(test, Services + @"\After"); // no callback is left that would have to be called
    }

    private static ulong Create(KernelTest test, string path)
    {
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateKey", handle.Value, AllAccess, test.Attributes(path), 0, 0, 0, 0));
        return test.Value(handle);
    }

    private static string Text(KernelTest test, VirtualAddress address, int bytes)
    {
        var text = new byte[bytes];
        test.Memory.Read(address, text);
        return System.Text.Encoding.Unicode.GetString(text);
    }
}
