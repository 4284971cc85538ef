namespace LastRef.Kernel;

/// <summary>Sorting and searching with a comparison routine of the driver.</summary>
internal sealed partial class CRuntime
{
    /// <summary>Sorts in place; the order of equal elements is unspecified, as documented.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "qsort, C run-time reference")]
    internal async GuestTask qsort(VirtualAddress elements, ulong number, ulong width, VirtualAddress compare)
    {
        if (number < 2 || width == 0)
            return;
        for (var root = number / 2; root > 0; root--)
            await SiftDown(elements, root - 1, number, width, compare);
        for (var end = number - 1; end > 0; end--)
        {
            Swap(elements, elements + (end * width), width);
            await SiftDown(elements, 0, end, width, compare);
        }
    }

    /// <returns>An element that equals the key; null when there is none.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "bsearch, C run-time reference")]
    internal async GuestTask<VirtualAddress> bsearch(
        VirtualAddress key, VirtualAddress elements, ulong number, ulong width, VirtualAddress compare)
    {
        var (low, high) = (0UL, number);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var element = elements + (middle * width);
            var order = await CallCompare(compare, key, element);
            if (order == 0)
                return element;
            if (order < 0)
                high = middle;
            else
                low = middle + 1;
        }

        return VirtualAddress.Null;
    }

    /// <summary>Restores the heap below a node.</summary>
    private async GuestTask SiftDown(VirtualAddress elements, ulong root, ulong count, ulong width, VirtualAddress compare)
    {
        while ((2 * root) + 1 < count)
        {
            var child = (2 * root) + 1;
            if (child + 1 < count && await CallCompare(compare, elements + (child * width), elements + ((child + 1) * width)) < 0)
                child++;
            if (await CallCompare(compare, elements + (root * width), elements + (child * width)) >= 0)
                return;
            Swap(elements + (root * width), elements + (child * width), width);
            root = child;
        }
    }

    private void Swap(VirtualAddress left, VirtualAddress right, ulong width)
    {
        var (leftBytes, rightBytes) = (new byte[width], new byte[width]);
        Caller.Read(left, leftBytes);
        Caller.Read(right, rightBytes);
        Caller.Write(left, rightBytes);
        Caller.Write(right, leftBytes);
    }

    private async GuestTask<int> CallCompare(VirtualAddress compare, VirtualAddress left, VirtualAddress right) =>
        unchecked((int)await _kernel.CurrentThread.Call(compare, left.Value, right.Value));
}
