using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Directories, symbolic links and names by handle.</summary>
public sealed class NamedObjectTests
{
    private const uint AllAccess = 0x1F_0003;
    private const ObjectAttributeFlags Kernel = ObjectAttributeFlags.CaseInsensitive | ObjectAttributeFlags.KernelHandle;

    [Fact]
    public void A_directory_is_made_opened_and_gone_with_its_last_handle()
    {
        using var test = KernelTest.Boot();
        var handle = Make(test, "ZwCreateDirectoryObject", @"\Lab");
        var second = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwOpenDirectoryObject", second.Value, 3, test.Attributes(@"\LAB")));
        Assert.Equal(NtStatus.ObjectNameCollision, test.Status("ZwCreateDirectoryObject", test.Allocate(8).Value, 3, test.Attributes(@"\Lab")));
        Assert.Equal(NtStatus.Success, test.Status("NtClose", handle));
        Assert.False(test.Kernel.Ob.Lookup(@"\Lab").Object.IsNull);
        Assert.Equal(NtStatus.Success, test.Status("NtClose", test.Value(second)));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("ZwOpenDirectoryObject", second.Value, 3, test.Attributes(@"\Lab")));
    }

    [Theory]
    [InlineData("ZwMakeTemporaryObject")]
    [InlineData("NtMakeTemporaryObject")]
    [Trait("Spec", "U-1.35")]
    public void A_permanent_object_stays_until_it_is_made_temporary(string routine)
    {
        using var test = KernelTest.Boot();
        var handle = Make(test, "ZwCreateDirectoryObject", @"\Lasting", Kernel | ObjectAttributeFlags.Permanent);
        Assert.Equal(NtStatus.Success, test.Status("NtClose", handle));
        var again = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwOpenDirectoryObject", again.Value, 3, test.Attributes(@"\Lasting")));
        Assert.Equal(NtStatus.Success, test.Status(routine, test.Value(again)));
        Assert.False(test.Kernel.Ob.Lookup(@"\Lasting").Object.IsNull); // a handle is still open
        Assert.Equal(NtStatus.Success, test.Status("NtClose", test.Value(again)));
        Assert.True(test.Kernel.Ob.Lookup(@"\Lasting").Object.IsNull);
        Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, test.Value(again)));
    }

    [Fact]
    [Trait("Spec", "U-1.35")]
    public void ObMakeTemporaryObject_takes_the_name_of_an_object_without_handles()
    {
        using var test = KernelTest.Boot();
        var body = test.Kernel.Ob.CreateDirectory(@"\Named");
        test.CallNow("ObfReferenceObject", body.Value);
        var before = test.PointerCount(body);
        test.CallNow("ObMakeTemporaryObject", body.Value);
        Assert.Equal(before - 1, test.PointerCount(body));
        Assert.True(test.Kernel.Ob.Lookup(@"\Named").Object.IsNull);
    }

    [Fact]
    [Trait("Spec", "U-1.32")]
    public void A_name_with_half_a_surrogate_pair_is_found_and_taken_out_again()
    {
        const string Name = "\\Device\\Half\uD800Pair";
        using var test = KernelTest.Boot();
        var device = test.Kernel.Ob.CreateDirectory(Name);
        Assert.Equal(device, test.Kernel.Ob.Lookup(Name).Object);
        Assert.Equal(Name, test.Kernel.Ob.NameOf(device));
        test.CallNow("ObMakeTemporaryObject", device.Value);
        Assert.True(test.Kernel.Ob.Lookup(Name).Object.IsNull);
    }

    [Fact]
    [Trait("Spec", "U-1.59")]
    public void A_link_stores_a_name_and_holds_nothing()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "linked");
        var device = driver.CreateDevice("Target");
        var before = test.PointerCount(device.Address);
        var handle = Make(test, "ZwCreateSymbolicLinkObject", @"\??\LabLink", Kernel, test.Text(@"\Device\Target"));
        Assert.Equal(before, test.PointerCount(device.Address));
        Assert.Equal(device.Address, test.Kernel.Ob.Lookup(@"\??\LabLink").Object);

        var opened = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwOpenSymbolicLinkObject", opened.Value, 1, test.Attributes(@"\GLOBAL??\lablink")));
        var text = test.Room(64);
        var bytes = test.Allocate(4);
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySymbolicLinkObject", test.Value(opened), text, bytes.Value));
        Assert.Equal((@"\Device\Target", 30u), (test.Read(text), test.Memory.ReadUInt32(bytes))); // with the terminator
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("ZwQuerySymbolicLinkObject", test.Value(opened), test.Room(28), bytes.Value));
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySymbolicLinkObject", test.Value(opened), test.Room(28), 0));
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("ZwQuerySymbolicLinkObject", test.Value(opened), test.Room(26), 0));
        test.CallNow("NtClose", handle);
        test.CallNow("NtClose", test.Value(opened));
        Assert.True(test.Kernel.Ob.Lookup(@"\??\LabLink").Object.IsNull);
    }

    [Fact]
    public void Names_below_a_root_directory_are_relative()
    {
        using var test = KernelTest.Boot();
        var root = Make(test, "ZwCreateDirectoryObject", @"\Root1");
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateDirectoryObject", handle.Value, 3, test.Attributes("Inner", Kernel, root)));
        Assert.Equal(@"\Root1\Inner", test.Kernel.Ob.NameOf(test.Kernel.Ob.Lookup(@"\Root1\Inner").Object));
        Assert.Equal(
            NtStatus.ObjectPathNotFound, test.Status("ZwCreateDirectoryObject", handle.Value, 3, test.Attributes(@"\Nowhere\Inner", Kernel)));
    }

    [Fact]
    [Trait("Spec", "U-6.15")]
    public void ObOpenObjectByName_checks_the_type()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "named");
        var handle = test.Allocate(8);
        var attributes = test.Attributes(@"\Driver\named", Kernel);
        Assert.Equal(
            NtStatus.ObjectTypeMismatch,
            test.Status("ObOpenObjectByName", attributes, test.Kernel.Ob.TypeAddress(ObjectKind.Event).Value, 0, 0, 0, 0, handle.Value));
        Assert.Equal(
            NtStatus.Success, test.Status("ObOpenObjectByName", attributes, test.Kernel.Ob.TypeAddress(ObjectKind.Driver).Value, 0, 0, 0, 0, handle.Value));
        Assert.Equal(1, test.Kernel.Ob.HeaderOf(driver.Object.Address).HandleCount);
        Assert.Equal(
            NtStatus.ObjectNameNotFound, test.Status("ObOpenObjectByName", test.Attributes(@"\Driver\nobody"), 0, 0, 0, 0, 0, handle.Value));
    }

    [Fact]
    public void A_name_is_queried_with_its_length()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "asked").CreateDevice("Asked");
        var (information, length) = (test.Allocate(0x80), test.Allocate(4));
        Assert.Equal(NtStatus.InfoLengthMismatch, test.Status("ObQueryNameString", device.Address.Value, information.Value, 0x10, length.Value));
        Assert.Equal(0x10 + 28u, test.Memory.ReadUInt32(length)); // the structure, 13 characters and the terminator
        Assert.Equal(NtStatus.Success, test.Status("ObQueryNameString", device.Address.Value, information.Value, 0x2C, length.Value));
        Assert.Equal(@"\Device\Asked", test.Read(information.Value));
        var nameless = TestDriver.Load(test, "silent").CreateDevice(null);
        Assert.Equal(NtStatus.Success, test.Status("ObQueryNameString", nameless.Address.Value, information.Value, 0x80, length.Value));
        Assert.Equal("", test.Read(information.Value));
    }

    [Theory]
    [InlineData("ZwQueryObject")]
    [InlineData("NtQueryObject")]
    public void Basic_information_has_the_counts_and_name_information_the_name(string routine)
    {
        using var test = KernelTest.Boot();
        var handle = Make(test, "ZwCreateDirectoryObject", @"\Counted");
        var body = test.Kernel.Ob.Lookup(@"\Counted").Object;
        var (information, length) = (test.Allocate(0x80), test.Allocate(4));
        Assert.Equal(NtStatus.InfoLengthMismatch, test.Status(routine, handle, 0, information.Value, 0x30, length.Value));
        Assert.Equal(0x38u, test.Memory.ReadUInt32(length));
        Assert.Equal(NtStatus.Success, test.Status(routine, handle, 0, information.Value, 0x38, length.Value));
        Assert.Equal(1u, test.Memory.ReadUInt32(information + 8));
        Assert.Equal((uint)test.PointerCount(body), test.Memory.ReadUInt32(information + 0xC));
        Assert.Equal(NtStatus.Success, test.Status(routine, handle, 1, information.Value, 0x80, length.Value));
        Assert.Equal(@"\Counted", test.Read(information.Value));
        Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, 0x7770, 0, information.Value, 0x38, length.Value));
    }

    [Theory]
    [InlineData("ZwDuplicateObject")]
    [InlineData("NtDuplicateObject")]
    public void A_handle_is_copied_into_another_process_and_closed_in_the_first(string routine)
    {
        const ulong currentProcess = ulong.MaxValue;
        const uint closeSource = 1, sameAccess = 2;
        using var test = KernelTest.Boot();
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        var processHandle = test.Kernel.Ob.CreateHandle(test.Kernel.Ps.SystemProcess, process, 0x1F_FFFF, kernelHandle: true).Value;
        var body = test.Kernel.Ob.Create(ObjectKind.Event, 0x18, PoolTags.Object);
        var source = test.Kernel.Ob.CreateHandle(test.Kernel.Ps.SystemProcess, body, AllAccess, kernelHandle: true).Value;
        var target = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status(routine, currentProcess, source, processHandle, target.Value, 0, 0, sameAccess));
        var copy = test.Kernel.Ob.FindHandle(process, new HandleValue(test.Value(target)))!.Value;
        Assert.Equal((body, AllAccess), (copy.Body, copy.GrantedAccess));
        Assert.Equal(2, test.Kernel.Ob.HeaderOf(body).HandleCount);
        Assert.Equal(NtStatus.Success, test.Status(routine, currentProcess, source, 0, 0, 0, 0, closeSource));
        Assert.Equal(1, test.Kernel.Ob.HeaderOf(body).HandleCount);
        Assert.Equal(NtStatus.InvalidHandle, test.Status(routine, currentProcess, source, processHandle, target.Value, 0, 0, sameAccess));
        Assert.Equal(NtStatus.Success, test.Status(routine, processHandle, copy.Value.Value, currentProcess, target.Value, 2, 0, closeSource));
        Assert.Equal((body, 2u), Held(test, target));
        Assert.Empty(test.Kernel.Ob.HandlesOf(process));
    }

    private static (VirtualAddress Body, uint Access) Held(KernelTest test, VirtualAddress handle)
    {
        var open = test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(test.Value(handle)))!.Value;
        return (open.Body, open.GrantedAccess);
    }

    private static ulong Make(KernelTest test, string routine, string name, ObjectAttributeFlags flags = Kernel, ulong target = 0)
    {
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status(routine, handle.Value, 0xF_000F, test.Attributes(name, flags), target));
        return test.Value(handle);
    }
}
