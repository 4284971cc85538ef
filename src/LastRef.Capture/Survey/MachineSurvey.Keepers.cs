using System.Runtime.InteropServices;
using LastRef.Nt;

namespace LastRef;

/// <summary>The search the other way round: which drivers keep the address of an object whose references nothing explains.</summary>
/// <remarks>
/// Fact: dump-format, section 16, "Reverse scan". An address that is kept proves no reference, so what rests on it is likely at most. Pool
/// tells no owner and a stack may hold what is left of an earlier call: only images and device extensions are attributed.
/// </remarks>
public sealed partial class MachineSurvey
{
    private const int MostKept = 16;
    private const int MostKeepers = 256;

    /// <summary>Objects of a capture whose references are not all explained: the driver object, its devices, and files of its devices that have no handle.</summary>
    private static List<VirtualAddress> UnexplainedOf(Capture capture)
    {
        var ours = capture.DevicesOfDriver.Select(device => device.Address).ToHashSet();
        var files = capture.Files.Where(file => ours.Contains(file.Device) && file.HandleCount == 0).Select(file => file.Address).ToHashSet();
        return [.. capture.Balances
            .Where(balance => balance is { Counter: ReferenceCounter.PointerCount, Unexplained: > 0 }
                && (balance.Object == capture.DriverAddress || ours.Contains(balance.Object) || files.Contains(balance.Object)))
            .Select(balance => balance.Object).Take(MostKept)];
    }

    private List<CapturedKeeper> KeepersOf(List<VirtualAddress> objects)
    {
        var keepers = new List<CapturedKeeper>();
        if (objects.Count == 0)
            return keepers;
        var wanted = objects.Select(body => body.Value).ToArray();
        var extensions = new Lazy<List<DeviceExtension>>(ReadExtensions);
        ForEachChunk("the search for kept addresses", (start, bytes) =>
        {
            var words = MemoryMarshal.Cast<byte, ulong>(bytes);
            for (var from = 0; keepers.Count < MostKeepers && words[from..].IndexOfAny(wanted) is >= 0 and var next; from += next + 1)
            {
                var at = start + (8 * (from + next));
                if (KeeperAt(new VirtualAddress(words[from + next]), at, extensions) is { } keeper)
                    keepers.Add(keeper);
            }
        });
        return keepers;
    }

    private CapturedKeeper? KeeperAt(VirtualAddress body, VirtualAddress at, Lazy<List<DeviceExtension>> extensions)
    {
        if (Unwinder.ModuleOf(at) is { } module)
            return module == Modules[0] ? null : new CapturedKeeper(body, at, module.Name, PlaceKind.Image, at - module.Base);
        var list = extensions.Value;
        var (low, high) = (0, list.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (list[middle].Start <= at)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && list[low - 1] is var found && at < found.End
            ? new CapturedKeeper(body, at, found.Image, PlaceKind.DeviceExtension, at - found.Start)
            : null;
    }

    private sealed record DeviceExtension(VirtualAddress Start, VirtualAddress End, string Image);

    /// <summary>The extensions of all devices that are listed, ascending; they lie behind the device object, within its Size.</summary>
    private List<DeviceExtension> ReadExtensions()
    {
        var found = new List<DeviceExtension>();
        foreach (var driver in Drivers.ToList())
        {
            if (Modules.FirstOrDefault(module => module.Contains(driver.Start))?.Name is not { } image)
                continue;
            foreach (var address in driver.Devices.Items)
            {
                var range = Try("the device extension", address, () => new DeviceObject(Target, address) is var device && device.DeviceExtension is { IsKernel: true } start && start - address < device.Size
                    ? new DeviceExtension(start, address + (ulong)device.Size, image)
                    : null);
                if (range is not null)
                    found.Add(range);
            }
        }

        return [.. found.OrderBy(extension => extension.Start)];
    }
}
