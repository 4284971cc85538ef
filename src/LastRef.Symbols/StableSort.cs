namespace LastRef.Symbols;

/// <summary>Sorts by a number and keeps the order of equals.</summary>
/// <remarks>
/// LINQ would do the same, but its code for our key and element types is compiled at run time, which costs a short-lived process more
/// than all of the reading (measured: 200 methods for the first address, about a third of that time).
/// </remarks>
internal static class StableSort
{
    /// <summary>The items in ascending order of <paramref name="key"/>; debug data is mostly in order already, which costs one pass.</summary>
    public static T[] By<T>(IReadOnlyList<T> items, Func<T, ulong> key) where T : class
    {
        var sorted = new T[items.Count];
        var ordered = true;
        for (var index = 0; index < sorted.Length; index++)
        {
            sorted[index] = items[index];
            ordered &= index == 0 || key(sorted[index - 1]) <= key(sorted[index]);
        }
        if (ordered)
            return sorted;
        var from = sorted;
        var to = new T[sorted.Length];
        for (var width = 1; width < sorted.Length; width *= 2)
        {
            for (var start = 0; start < sorted.Length; start += 2 * width)
                Merge(from, to, start, Math.Min(start + width, sorted.Length), Math.Min(start + 2 * width, sorted.Length), key);
            (from, to) = (to, from);
        }
        return from;
    }

    /// <summary>Number of items at the front of a sorted array whose key is at most <paramref name="limit"/>.</summary>
    public static int CountUpTo<T>(T[] sorted, ulong limit, Func<T, ulong> key) where T : class
    {
        var low = 0;
        var high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (key(sorted[middle]) <= limit)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static void Merge<T>(T[] from, T[] to, int left, int right, int end, Func<T, ulong> key) where T : class
    {
        var middle = right;
        for (var at = left; at < end; at++)
        {
            if (left < middle && (right >= end || key(from[left]) <= key(from[right])))
                to[at] = from[left++];
            else
                to[at] = from[right++];
        }
    }
}
