using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Devices without a name are called by their driver and number, wherever they lie.</summary>
public sealed class DeviceNamesTests
{
    private static readonly VirtualAddress _driver = new(0xFFFF_8A00_0000_1000);
    private static readonly VirtualAddress _other = new(0xFFFF_8A00_0000_2000);
    private static readonly VirtualAddress _first = new(0xFFFF_8A00_0000_3000);
    private static readonly VirtualAddress _second = new(0xFFFF_8A00_0000_4000);

    [Fact]
    public void A_device_has_its_drivers_name_and_its_number_among_the_drivers_devices()
    {
        var names = Of(Named(_driver, @"\Driver\one"), Named(_other, @"\Driver\two"), Made(_driver, _first), Made(_other, _second));
        Assert.Equal((@"\Driver\one device 1", @"\Driver\two device 1"), (names.NameOf(_first), names.NameOf(_second)));
        Assert.Null(names.NameOf(_driver));
    }

    [Fact]
    public void A_number_is_not_given_twice_and_an_address_that_is_used_again_is_another_device()
    {
        var names = Of(Named(_driver, @"\Driver\one"), Made(_driver, _first), new ObjectRecord(true, _first, "Device"));
        Assert.Null(names.NameOf(_first));
        names.Note(Made(_driver, _second));
        names.Note(Made(_driver, _first));
        Assert.Equal((@"\Driver\one device 2", @"\Driver\one device 3"), (names.NameOf(_second), names.NameOf(_first)));
    }

    [Fact]
    public void A_driver_that_is_loaded_again_begins_anew_and_one_without_a_name_names_nothing()
    {
        var names = Of(Named(_driver, @"\Driver\one"), Made(_driver, _first), new ObjectRecord(true, _driver, "Driver"), Made(_driver, _second));
        Assert.Null(names.NameOf(_second));
        names.Note(new ObjectRecord(true, _driver, "Driver"));
        names.Note(Named(_driver, @"\Driver\one"));
        names.Note(Made(_driver, _second));
        Assert.Equal(@"\Driver\one device 1", names.NameOf(_second));
    }

    private static DeviceNames Of(params TraceRecord[] records)
    {
        var names = new DeviceNames();
        foreach (var record in records)
            names.Note(record);
        return names;
    }

    private static NameRecord Named(VirtualAddress body, string path) => new(body, "Driver", path);

    private static ReferenceRecord Made(VirtualAddress driver, VirtualAddress device) =>
        new(driver, "Driver", ReferenceCounter.PointerCount, 2, 3, ReferenceCause.DeviceOfDriver, device);
}
