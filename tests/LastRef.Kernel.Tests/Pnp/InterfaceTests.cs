using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class InterfaceTests
{
    private static readonly Guid _class = new("5d1c9a52-6c0c-4a0e-9d7a-1b2a3c4d5e01");

    [Fact]
    public void An_enabled_interface_is_a_link_that_holds_nothing()
    {
        using var test = KernelTest.Boot();
        var device = PnpTestDriver.Load(test, "function").PlugIn();
        var before = test.PointerCount(device.Pdo.Address);
        var name = Register(test, device);
        Assert.Equal($@"\??\LASTREF#TEST#0#{{{_class}}}", name.ToText());
        var app = new TestApplication(test);
        Assert.Equal(NtStatus.ObjectNameNotFound, app.Open(name.ToText()).Status);
        Assert.Equal(NtStatus.ObjectNameNotFound, Enable(test, name, false));

        Assert.Equal(NtStatus.Success, Enable(test, name, true));
        Assert.Equal(NtStatus.ObjectNameExists, Enable(test, name, true));
        Assert.Equal(before, test.PointerCount(device.Pdo.Address));
        var opened = app.Open(name.ToText());
        Assert.Equal(NtStatus.Success, opened.Status);
        Assert.Equal(device.Pdo, new FileObject(test.Memory, opened.File).DeviceObject);
        app.Close(opened.Handle);

        Assert.Equal(NtStatus.Success, Enable(test, name, false));
        Assert.Equal(NtStatus.ObjectNameNotFound, app.Open(name.ToText()).Status);
        var records = test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.DeviceInterface).ToList();
        Assert.Equal([true, false], records.Select(r => r.Begin));
        Assert.Single(records.Select(r => r.Address).Distinct());
    }

    [Theory]
    [Trait("Spec", "U-6.40a")]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_driver_left_enabled_goes_with_the_removal(bool surprise)
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var name = Register(test, device);
        Assert.Equal(NtStatus.Success, Enable(test, name, true));
        if (surprise)
            pnp.PullOut(device);
        else
            Assert.Equal(NtStatus.Success, pnp.Remove(device));
        Assert.False(test.Kernel.Pnp.FindInterface(name.ToText())!.IsEnabled);
        Assert.True(test.Kernel.Ob.Lookup(name.ToText()).Object.IsNull);
        Assert.Equal(NtStatus.ObjectNameNotFound, Enable(test, name, false));
    }

    [Fact]
    public void Interfaces_with_different_references_share_a_link_and_pass_the_reference_on()
    {
        using var test = KernelTest.Boot();
        var device = PnpTestDriver.Load(test, "function").PlugIn();
        var (first, second) = (Register(test, device, "one"), Register(test, device, "two"));
        Assert.EndsWith("\\one", first.ToText(), StringComparison.Ordinal);
        Enable(test, first, true);
        Enable(test, second, true);
        Enable(test, first, false);
        var app = new TestApplication(test);
        var opened = app.Open(second.ToText());
        Assert.Equal(NtStatus.Success, opened.Status);
        Assert.Equal("\\two", new FileObject(test.Memory, opened.File).FileName.ToText());
        app.Close(opened.Handle);
        Enable(test, second, false);
        Assert.Equal(NtStatus.ObjectPathNotFound, app.Open(second.ToText()).Status);
    }

    [Fact]
    public void A_device_object_that_is_no_PDO_has_no_interfaces()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        pnp.PlugIn();
        var name = test.Allocate(16);
        Assert.Equal(
            NtStatus.InvalidDeviceRequest,
            test.Status("IoRegisterDeviceInterface", pnp.FunctionDevice!.Value.Address.Value, GuidAt(test), 0, name.Value));
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("IoSetDeviceInterfaceState", test.Text(@"\??\nothing"), 1));
    }

    [Fact]
    public void Only_enabled_interfaces_are_listed_unless_all_are_asked_for()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var (on, off) = (Register(test, pnp.PlugIn(1)), Register(test, pnp.PlugIn(2)));
        Enable(test, on, true);
        Assert.Equal([on.ToText()], List(test, 0));
        Assert.Equal([on.ToText(), off.ToText()], List(test, 1));
    }

    [Fact]
    public void An_alias_is_the_interface_of_another_class_on_the_same_device()
    {
        using var test = KernelTest.Boot();
        var device = PnpTestDriver.Load(test, "function").PlugIn();
        var name = Register(test, device);
        var other = new Guid("11111111-2222-3333-4444-555555555555");
        var result = new UnicodeString(test.Memory, test.Allocate(16));
        Assert.Equal(
            NtStatus.ObjectNameNotFound, test.Status("IoGetDeviceInterfaceAlias", name.Address.Value, GuidAt(test, other), result.Address.Value));
        test.Status("IoRegisterDeviceInterface", device.Pdo.Address.Value, GuidAt(test, other), 0, test.Allocate(16).Value);
        Assert.Equal(NtStatus.Success, test.Status("IoGetDeviceInterfaceAlias", name.Address.Value, GuidAt(test, other), result.Address.Value));
        Assert.EndsWith($"{{{other}}}", result.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_come_with_their_length_or_not_at_all()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var pdo = pnp.PlugIn().Pdo.Address.Value;
        var (buffer, length) = (test.Allocate(256), test.Allocate(4));
        var name = test.Kernel.Ob.NameOf(new VirtualAddress(pdo))!;
        Assert.Equal(NtStatus.BufferTooSmall, Property(test, pdo, DevicePropertyId.PhysicalDeviceObjectName, 4, buffer, length));
        Assert.Equal((uint)(2 * name.Length) + 2, test.Memory.ReadUInt32(length));
        Assert.Equal(NtStatus.Success, Property(test, pdo, DevicePropertyId.PhysicalDeviceObjectName, 256, buffer, length));
        Assert.Equal(name, ReadText(test, buffer));
        Assert.Equal(NtStatus.Success, Property(test, pdo, DevicePropertyId.EnumeratorName, 256, buffer, length));
        Assert.Equal("LASTREF", ReadText(test, buffer));
        Assert.Equal(NtStatus.Success, Property(test, pdo, DevicePropertyId.HardwareId, 256, buffer, length));
        Assert.Equal(@"LASTREF\TEST", ReadText(test, buffer));
        Assert.Equal(NtStatus.ObjectNameNotFound, Property(test, pdo, DevicePropertyId.FriendlyName, 256, buffer, length));
        Assert.Equal(0u, test.Memory.ReadUInt32(length));
        Assert.Equal(
            NtStatus.InvalidDeviceRequest,
            Property(test, pnp.FunctionDevice!.Value.Address.Value, DevicePropertyId.HardwareId, 256, buffer, length));
    }

    [Theory]
    [InlineData(1, @"Enum\LASTREF\TEST\0\Device Parameters")]
    [InlineData(2, @"Control\Class\{4d36e97d-e325-11ce-bfc1-08002be10318}\0000")]
    [InlineData(5, @"Hardware Profiles\Current\Enum\LASTREF\TEST\0\Device Parameters")]
    public void A_device_has_a_hardware_key_and_a_software_key(uint kind, string path)
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var pdo = pnp.PlugIn().Pdo.Address.Value;
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("IoOpenDeviceRegistryKey", pdo, kind, 0x2_0019, handle.Value));
        Assert.Equal(@"\REGISTRY\Machine\System\CurrentControlSet\" + path, OpenedKey(test, handle), ignoreCase: true);
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", test.Memory.ReadUInt64(handle)));
        Assert.Equal(
            NtStatus.InvalidDeviceRequest,
            test.Status("IoOpenDeviceRegistryKey", pnp.FunctionDevice!.Value.Address.Value, kind, 0x2_0019, handle.Value));
        Assert.Equal(0UL, test.Memory.ReadUInt64(handle));
    }

    [Fact]
    public void An_interface_has_a_key_of_its_own()
    {
        using var test = KernelTest.Boot();
        var name = Register(test, PnpTestDriver.Load(test, "function").PlugIn());
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("IoOpenDeviceInterfaceRegistryKey", name.Address.Value, 0x2_0019, handle.Value));
        Assert.EndsWith(@"\#\Device Parameters", OpenedKey(test, handle), StringComparison.Ordinal);
        Assert.Equal(
            NtStatus.ObjectNameNotFound, test.Status("IoOpenDeviceInterfaceRegistryKey", test.Text(@"\??\nothing"), 0x2_0019, handle.Value));
    }

    [Fact]
    public void Property_data_is_what_was_set_or_what_every_device_has()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var pdo = pnp.PlugIn().Pdo.Address.Value;
        var (data, size, type) = (test.Allocate(128), test.Allocate(4), test.Allocate(4));
        var key = new VirtualAddress(GuidAt(test, new Guid("a45c254e-df1c-4efd-8020-67d146a850e0"), 20));
        test.Memory.WriteUInt32(key + 16, 2);
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("IoGetDevicePropertyData", pdo, key.Value, 0, 0, 2, data.Value, size.Value, type.Value));
        Assert.Equal(NtStatus.Success, test.Status("IoGetDevicePropertyData", pdo, key.Value, 0, 0, 128, data.Value, size.Value, type.Value));
        Assert.Equal(("LastRef lab device", 0x12u), (ReadText(test, data), test.Memory.ReadUInt32(type)));

        test.Memory.WriteUInt32(key + 16, 200);
        Assert.Equal(
            NtStatus.ObjectNameNotFound, test.Status("IoGetDevicePropertyData", pdo, key.Value, 0, 0, 128, data.Value, size.Value, type.Value));
        test.Memory.WriteUInt32(data, 77);
        Assert.Equal(NtStatus.Success, test.Status("IoSetDevicePropertyData", pdo, key.Value, 0, 0, 7, 4, data.Value));
        test.Memory.WriteUInt32(data, 0);
        Assert.Equal(NtStatus.Success, test.Status("IoGetDevicePropertyData", pdo, key.Value, 0, 0, 128, data.Value, size.Value, type.Value));
        Assert.Equal((77u, 4u, 7u), (test.Memory.ReadUInt32(data), test.Memory.ReadUInt32(size), test.Memory.ReadUInt32(type)));
        Assert.Equal(NtStatus.Success, test.Status("IoSetDevicePropertyData", pdo, key.Value, 0, 0, 0, 0, 0));
        Assert.Equal(
            NtStatus.ObjectNameNotFound, test.Status("IoGetDevicePropertyData", pdo, key.Value, 0, 0, 128, data.Value, size.Value, type.Value));
    }

    internal static UnicodeString Register(KernelTest test, PnpDevice device, string? reference = null)
    {
        var name = new UnicodeString(test.Memory, test.Allocate(16));
        Assert.Equal(
            NtStatus.Success,
            test.Status(
                "IoRegisterDeviceInterface", device.Pdo.Address.Value, GuidAt(test), reference is null ? 0 : test.Text(reference), name.Address.Value));
        return name;
    }

    internal static NtStatus Enable(KernelTest test, UnicodeString name, bool enable)
    {
        var status = test.Status("IoSetDeviceInterfaceState", name.Address.Value, enable ? 1UL : 0);
        test.RunUntilIdle();
        return status;
    }

    internal static ulong GuidAt(KernelTest test, Guid? guid = null, int byteCount = 16)
    {
        var address = test.Allocate(byteCount);
        test.Memory.Write(address, (guid ?? _class).ToByteArray());
        return address.Value;
    }

    internal static string ReadText(KernelTest test, VirtualAddress address)
    {
        var text = "";
        for (; test.Memory.ReadUInt16(address) is var c and not 0; address += 2)
            text += (char)c;
        return text;
    }

    private static string OpenedKey(KernelTest test, VirtualAddress handle)
    {
        var open = test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(test.Memory.ReadUInt64(handle)));
        return test.Kernel.Cm.KeyOf(open!.Value.Body).Path;
    }

    private static string[] List(KernelTest test, uint flags)
    {
        var list = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("IoGetDeviceInterfaces", GuidAt(test), 0, flags, list.Value));
        var names = new List<string>();
        for (var at = test.Memory.ReadPointer(list); test.Memory.ReadUInt16(at) != 0; at += (2 * names[^1].Length) + 2)
            names.Add(ReadText(test, at));
        return [.. names];
    }

    private static NtStatus Property(KernelTest test, ulong pdo, DevicePropertyId id, uint bytes, VirtualAddress buffer, VirtualAddress length) =>
        test.Status("IoGetDeviceProperty", pdo, (ulong)id, bytes, buffer.Value, length.Value);
}
