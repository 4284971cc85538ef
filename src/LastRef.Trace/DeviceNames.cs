using System.Globalization;
using LastRef.Nt;

namespace LastRef;

/// <summary>What to call devices that have no name: their driver, and which of its devices they are in the order of their making.</summary>
/// <remarks>A device shows itself by its reference on its driver object (U-1.63). The names do not depend on where objects lie.</remarks>
public sealed class DeviceNames
{
    private readonly Dictionary<VirtualAddress, string> _drivers = [];
    private readonly Dictionary<VirtualAddress, int> _made = [];
    private readonly Dictionary<VirtualAddress, string> _devices = [];

    /// <summary>Follows the trace; every record in order.</summary>
    public void Note(TraceRecord record)
    {
        switch (record)
        {
            case NameRecord name:
                _drivers[name.Object] = name.Path;
                break;
            case ObjectRecord { Created: true } made:
                _drivers.Remove(made.Object);
                _made.Remove(made.Object);
                _devices.Remove(made.Object);
                break;
            case ReferenceRecord { Cause: ReferenceCause.DeviceOfDriver } taken when taken.New > taken.Old:
                var number = _made[taken.Object] = _made.GetValueOrDefault(taken.Object) + 1;
                if (_drivers.TryGetValue(taken.Object, out var driver))
                    _devices[taken.Holder] = string.Create(CultureInfo.InvariantCulture, $"{driver} device {number}");
                break;
        }
    }

    /// <summary>For instance <c>\Driver\x device 2</c>; null for what the trace does not show to be a device.</summary>
    public string? NameOf(VirtualAddress device) => _devices.GetValueOrDefault(device);
}
