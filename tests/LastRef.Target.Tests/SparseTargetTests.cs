using CsCheck;

namespace LastRef.Tests;

public class SparseTargetTests
{
    private const ulong Base = 0xFFFF_F800_0000_0000;

    [Fact]
    public void Writes_and_reads_agree_with_a_flat_array()
    {
        var write = Gen.Select(Gen.Int[0, 0x2FFF], Gen.Byte.Array[0, 0x1800]);
        write.List[0, 20].Sample(writes =>
        {
            var target = new SparseTarget(NtBuild.Windows10_2004);
            target.Map(new VirtualAddress(Base), 0x3000);
            var flat = new byte[0x3000];
            foreach (var (at, bytes) in writes)
            {
                var fits = at + bytes.Length <= flat.Length;
                Assert.Equal(fits || bytes.Length == 0, target.TryWrite(new VirtualAddress(Base + (ulong)at), bytes));
                if (fits)
                    bytes.CopyTo(flat, at);
            }

            var read = new byte[0x3000];
            target.Read(new VirtualAddress(Base), read);
            Assert.Equal(flat, read);
        });
    }

    [Fact]
    public void A_write_that_meets_a_hole_writes_nothing()
    {
        var target = new SparseTarget(NtBuild.Windows10_2004);
        target.Map(new VirtualAddress(Base), 1);
        Assert.False(target.TryWrite(new VirtualAddress(Base + 0xFFF), [1, 2]));
        Assert.Equal(0, target.ReadByte(new VirtualAddress(Base + 0xFFF)));
        var refused = Assert.Throws<TargetReadException>(() => target.Write(new VirtualAddress(Base + 0xFFF), [1, 2]));
        Assert.Equal(ReadFailure.NotMapped, refused.Failure);
    }

    [Fact]
    public void A_page_that_was_taken_away_says_why()
    {
        var target = new SparseTarget(NtBuild.Windows10_2004);
        target.Map(new VirtualAddress(Base), 0x2000);
        target.Unmap(new VirtualAddress(Base + 0x1000), ReadFailure.NotInDump);
        Assert.False(target.TryRead(new VirtualAddress(Base + 0xFF0), new byte[0x20], out var failure));
        Assert.Equal(ReadFailure.NotInDump, failure);
        Assert.Equal([new VirtualAddress(Base)], target.Pages);
    }

    [Fact]
    public void The_last_page_of_the_address_space_can_be_mapped()
    {
        var target = new SparseTarget(NtBuild.Windows10_2004);
        target.Map(new VirtualAddress(0xFFFF_FFFF_FFFF_F800), 0x800);
        target.WriteUInt64(new VirtualAddress(0xFFFF_FFFF_FFFF_FFF8), 7);
        Assert.Equal(7ul, target.ReadUInt64(new VirtualAddress(0xFFFF_FFFF_FFFF_FFF8)));
    }
}
