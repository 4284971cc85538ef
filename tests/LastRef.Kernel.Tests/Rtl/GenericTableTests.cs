using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>The two kinds of generic table, driven by a driver's three callbacks over 32-bit keys.</summary>
public sealed class GenericTableTests
{
    private const ulong Context = 0x1234_5678;

    private static readonly uint[] _keys = [50, 20, 70, 10, 60, 30, 80, 40, 90, 5, 65];

    [Theory]
    [InlineData("")]
    [InlineData("Avl")]
    public void What_is_inserted_is_found_and_enumerated_in_order(string suffix)
    {
        using var table = new Table(suffix);
        Assert.True(table.IsEmpty);
        foreach (var key in _keys)
            Assert.True(table.Insert(key).IsNew);
        Assert.False(table.IsEmpty);
        Assert.Equal((uint)_keys.Length, table.Count);
        Assert.Equal(_keys.Order(), table.Enumerate());
        Assert.Equal(_keys.Order(), table.EnumerateWithoutSplaying());
        foreach (var key in _keys)
            Assert.Equal(key, table.Find(key));
        Assert.Null(table.Find(55));
        Assert.Equal(_keys.Length, table.Allocated);
        Assert.Equal(Context, table.ContextSeen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Avl")]
    public void An_equal_element_is_handed_out_and_not_inserted_again(string suffix)
    {
        using var table = new Table(suffix);
        var (first, _) = table.Insert(7);
        var (second, isNew) = table.Insert(7);
        Assert.Equal(first, second);
        Assert.False(isNew);
        Assert.Equal((1u, 1), (table.Count, table.Allocated));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Avl")]
    public void A_deleted_element_is_given_to_the_free_routine_with_its_header(string suffix)
    {
        using var table = new Table(suffix);
        foreach (var key in _keys)
            table.Insert(key);
        foreach (var key in _keys.Where(key => key % 20 == 10))
            Assert.True(table.Delete(key));
        Assert.False(table.Delete(10));
        var rest = _keys.Where(key => key % 20 != 10).ToArray();
        Assert.Equal(rest.Order(), table.Enumerate());
        Assert.Equal((uint)rest.Length, table.Count);
        Assert.Equal(_keys.Length - rest.Length, table.Freed);
        foreach (var key in rest)
            Assert.True(table.Delete(key));
        Assert.True(table.IsEmpty);
        Assert.Equal(table.Allocated, table.Freed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Avl")]
    public void Without_memory_nothing_is_inserted(string suffix)
    {
        using var table = new Table(suffix) { OutOfMemory = true };
        var (element, isNew) = table.Insert(1);
        Assert.Equal((0UL, false), (element, isNew));
        Assert.True(table.IsEmpty);
    }

    [Fact]
    public void A_splay_table_hands_out_elements_in_the_order_of_insertion()
    {
        using var table = new Table("");
        foreach (var key in _keys)
            table.Insert(key);
        Assert.Equal(_keys, Enumerable.Range(0, _keys.Length).Select(i => table.At((uint)i)!.Value));
        Assert.Null(table.At((uint)_keys.Length));
    }

    [Fact]
    public void An_avl_table_hands_out_elements_in_the_order_of_keys()
    {
        using var table = new Table("Avl");
        foreach (var key in _keys)
            table.Insert(key);
        Assert.Equal(_keys.Order(), Enumerable.Range(0, _keys.Length).Select(i => table.At((uint)i)!.Value));
        Assert.Null(table.At((uint)_keys.Length));
    }

    /// <summary>Names follow the pattern of RTL: the routines of the AVL form have a suffix, the arguments are the same.</summary>
    private sealed class Table : IDisposable
    {
        private const int KeyOffsetSplay = 0x28; // RTL_SPLAY_LINKS and LIST_ENTRY
        private const int KeyOffsetAvl = 0x20;   // RTL_BALANCED_LINKS
        private readonly KernelTest _test = KernelTest.Boot();
        private readonly string _suffix;
        private readonly VirtualAddress _table;
        private readonly VirtualAddress _key;
        private readonly VirtualAddress _isNew;
        private readonly HashSet<ulong> _live = [];

        public Table(string suffix)
        {
            _suffix = suffix;
            _table = _test.Allocate(0x80);
            _key = _test.Allocate(8);
            _isNew = _test.Allocate(8);
            var compare = _test.Routine(arguments =>
            {
                Note(arguments[0]);
                var left = _test.Memory.ReadUInt32(new VirtualAddress(arguments[1]));
                var right = _test.Memory.ReadUInt32(new VirtualAddress(arguments[2]));
                return GuestTask.FromResult(left < right ? 0UL : left > right ? 1UL : 2UL);
            });
            var allocate = _test.Routine(arguments =>
            {
                Note(arguments[0]);
                if (OutOfMemory)
                    return GuestTask.FromResult(0UL);
                Assert.Equal(4u + (uint)KeyOffset, (uint)arguments[1]);
                Allocated++;
                var block = _test.Allocate((int)arguments[1]).Value;
                _live.Add(block);
                return GuestTask.FromResult(block);
            });
            var free = _test.Routine(arguments =>
            {
                Note(arguments[0]);
                Assert.True(_live.Remove(arguments[1]), "the free routine got what the allocate routine did not give");
                Freed++;
                return GuestTask.FromResult(0UL);
            });
            Call(suffix == "Avl" ? "RtlInitializeGenericTableAvl" : "RtlInitializeGenericTable", compare.Value, allocate.Value, free.Value, Context);
        }

        public bool OutOfMemory { get; init; }

        public int Allocated { get; private set; }

        public int Freed { get; private set; }

        public ulong ContextSeen { get; private set; }

        public bool IsEmpty => (byte)Call(Pick("RtlIsGenericTableEmpty", "RtlIsGenericTableEmptyAvl")) != 0;

        public uint Count => (uint)Call(Pick("RtlNumberGenericTableElements", "RtlNumberGenericTableElementsAvl"));

        private int KeyOffset => _suffix == "Avl" ? KeyOffsetAvl : KeyOffsetSplay;

        public (ulong Element, bool IsNew) Insert(uint key)
        {
            _test.Memory.WriteUInt32(_key, key);
            var element = Call(Pick("RtlInsertElementGenericTable", "RtlInsertElementGenericTableAvl"), _key.Value, 4, _isNew.Value);
            if (element != 0)
            {
                Assert.Equal(key, KeyOf(element));
                Assert.Contains(element - (ulong)KeyOffset, _live);
            }

            return (element, _test.Memory.ReadByte(_isNew) != 0);
        }

        public bool Delete(uint key)
        {
            _test.Memory.WriteUInt32(_key, key);
            return (byte)Call(Pick("RtlDeleteElementGenericTable", "RtlDeleteElementGenericTableAvl"), _key.Value) != 0;
        }

        public uint? Find(uint key)
        {
            _test.Memory.WriteUInt32(_key, key);
            return KeyOf(Call(Pick("RtlLookupElementGenericTable", "RtlLookupElementGenericTableAvl"), _key.Value));
        }

        public uint? At(uint index) => KeyOf(Call(Pick("RtlGetElementGenericTable", "RtlGetElementGenericTableAvl"), index));

        public List<uint> Enumerate()
        {
            List<uint> keys = [];
            for (var restart = 1UL; KeyOf(Call(Pick("RtlEnumerateGenericTable", "RtlEnumerateGenericTableAvl"), restart)) is { } key; restart = 0)
                keys.Add(key);
            return keys;
        }

        public List<uint> EnumerateWithoutSplaying()
        {
            List<uint> keys = [];
            var restart = _test.Allocate(8);
            var routine = Pick("RtlEnumerateGenericTableWithoutSplaying", "RtlEnumerateGenericTableWithoutSplayingAvl");
            while (KeyOf(Call(routine, restart.Value)) is { } key)
                keys.Add(key);
            return keys;
        }

        public void Dispose() => _test.Dispose();

        private string Pick(string splay, string avl) => _suffix == "Avl" ? avl : splay;

        private ulong Call(string routine, params ulong[] arguments) => _test.CallNow(routine, [_table.Value, .. arguments]);

        private uint? KeyOf(ulong element) => element == 0 ? null : _test.Memory.ReadUInt32(new VirtualAddress(element));

        private void Note(ulong table)
        {
            Assert.Equal(_table.Value, table);
            ContextSeen = _suffix == "Avl"
                ? new Nt.RtlAvlTable(_test.Memory, _table).TableContext.Value
                : new Nt.RtlGenericTable(_test.Memory, _table).TableContext.Value;
        }
    }
}
