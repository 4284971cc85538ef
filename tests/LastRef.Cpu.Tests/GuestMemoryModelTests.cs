using CsCheck;
using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>Guest memory against a naive model that copies everything.</summary>
public sealed class GuestMemoryModelTests
{
    private const ulong Base = 0xFFFF9000_00000000;
    private const int PageCount = 12;

    [Fact]
    public void Any_mix_of_mapping_writing_aliasing_and_restoring_equals_the_naive_model() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, PageCount - 1], Gen.Int[0, PageCount - 1], Gen.Byte).Array[1, 120].Sample(operations =>
        {
            using var memory = new GuestMemory(64);
            var model = new Model();
            List<(MemorySnapshot Real, Model Copy)> snapshots = [];
            foreach ((int kind, int first, int second, byte value) in operations)
            {
                ulong page = Base + ((ulong)first * GuestMemory.PageSize), other = Base + ((ulong)second * GuestMemory.PageSize);
                bool mapped = model.Pages.ContainsKey(page), otherMapped = model.Pages.ContainsKey(other);
                switch (kind)
                {
                    case 0 when !mapped:
                        memory.Map(page, GuestMemory.PageSize, PageAccess.Read | PageAccess.Write);
                        model.Pages[page] = (new byte[GuestMemory.PageSize], PageAccess.Read | PageAccess.Write);
                        break;
                    case 1 when mapped:
                        memory.Unmap(page, GuestMemory.PageSize);
                        model.Pages.Remove(page);
                        break;
                    case 2 when !mapped && otherMapped:
                        memory.MapAlias(page, other, GuestMemory.PageSize, PageAccess.Read);
                        model.Pages[page] = (model.Pages[other].Bytes, PageAccess.Read);
                        break;
                    case 3 when mapped:
                        memory.Protect(page, GuestMemory.PageSize, (PageAccess)(value & 7));
                        model.Pages[page] = (model.Pages[page].Bytes, (PageAccess)(value & 7));
                        break;
                    case 4:
                        snapshots.Add((memory.TakeSnapshot(), model.Copy()));
                        break;
                    case 5 when snapshots.Count > 0:
                        int index = value % snapshots.Count;
                        memory.Restore(snapshots[index].Real);
                        model = snapshots[index].Copy.Copy();
                        snapshots.RemoveRange(index + 1, snapshots.Count - index - 1);
                        break;
                    case 6 when snapshots.Count > 0 && value < 64:
                        snapshots[^1].Real.Dispose();
                        snapshots.RemoveAt(snapshots.Count - 1);
                        break;
                    default:
                        // Four bytes that may cross into the next page: all or nothing.
                        ulong at = page + GuestMemory.PageSize - 2;
                        bool fits = mapped && model.Pages.ContainsKey(page + GuestMemory.PageSize);
                        Assert.Equal(fits, memory.TryWrite(at, [value, value, value, value]));
                        for (ulong n = 0; fits && n < 4; n++)
                            model.Pages[(at + n) & ~0xFFFul].Bytes[(at + n) & 0xFFF] = value;
                        break;
                }
            }

            Assert.Equal(model.Pages.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value.Access)), memory.Pages.Select(p => (p.Address, p.Access)));
            byte[] bytes = new byte[GuestMemory.PageSize];
            foreach ((ulong page, (byte[] expected, PageAccess _)) in model.Pages)
            {
                Assert.True(memory.TryRead(page, bytes));
                Assert.Equal(expected, bytes);
            }
        }, iter: 400);

    private sealed class Model
    {
        public Dictionary<ulong, (byte[] Bytes, PageAccess Access)> Pages { get; } = [];

        /// <summary>Aliases share their array in the copy too.</summary>
        public Model Copy()
        {
            var copy = new Model();
            Dictionary<byte[], byte[]> copies = new(ReferenceEqualityComparer.Instance);
            foreach ((ulong page, (byte[] bytes, PageAccess access)) in Pages)
            {
                if (!copies.TryGetValue(bytes, out byte[]? twin))
                    copies[bytes] = twin = (byte[])bytes.Clone();
                copy.Pages[page] = (twin, access);
            }

            return copy;
        }
    }
}
