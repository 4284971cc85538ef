namespace LastRef.Tests;

public class ReferenceLedgerTests
{
    private static readonly VirtualAddress _object = new(0x1000);

    [Fact]
    public void A_release_ends_the_taking_of_the_same_image_not_that_of_another()
    {
        var ledger = Ledger(Take("a.sys", 1), Take("b.sys", 2), Drop("a.sys", 3));
        Assert.Equal("b.sys", Assert.Single(ledger.Outstanding(_object, ReferenceCounter.PointerCount)).Site!.Value.Module);
    }

    [Fact]
    public void A_release_by_another_image_ends_what_was_handed_over()
    {
        var ledger = Ledger(Take("bus.sys", 1), Drop("client.sys", 2));
        Assert.Empty(ledger.Outstanding(_object, ReferenceCounter.PointerCount));
        Assert.Empty(ledger.Unmatched);
    }

    [Fact]
    public void A_release_without_a_taking_is_kept_as_such()
    {
        var ledger = Ledger(Take("a.sys", 1), Drop("a.sys", 2), Drop("a.sys", 3));
        Assert.Equal(3u, Assert.Single(ledger.Unmatched).Site!.Value.Rva.Value);
    }

    [Fact]
    public void A_release_that_names_its_holder_ends_that_holders_taking()
    {
        var ledger = Ledger(Held(0x10, true), Held(0x20, true), Held(0x10, false));
        Assert.Equal(new VirtualAddress(0x20), Assert.Single(ledger.Outstanding(_object, ReferenceCounter.PointerCount)).Holder);
    }

    [Fact]
    public void An_address_that_is_used_again_starts_with_nothing()
    {
        var ledger = Ledger(Take("a.sys", 1), new ObjectRecord(false, _object, "Device"), new ObjectRecord(true, _object, "Device"));
        Assert.Empty(ledger.Outstanding(_object, ReferenceCounter.PointerCount));
    }

    [Fact]
    public void Takings_of_one_image_at_two_places_make_their_release_ambiguous()
    {
        Assert.True(Ledger(Take("a.sys", 1), Take("a.sys", 2), Drop("a.sys", 3)).IsAmbiguous(_object));
        Assert.False(Ledger(Take("a.sys", 1), Take("a.sys", 1), Drop("a.sys", 3)).IsAmbiguous(_object));
    }

    [Fact]
    public void A_reference_out_of_a_handles_batch_is_the_callers_until_it_is_given_back()
    {
        var taken = new ReferenceRecord(_object, "File", ReferenceCounter.PointerCount, 32768, 32768, ReferenceCause.ReferenceByHandle, new VirtualAddress(0x30)) { Stack = [Site("a.sys", 1)] };
        Assert.Single(Ledger(taken).Outstanding(_object, ReferenceCounter.PointerCount));
        Assert.Empty(Ledger(taken, Drop("a.sys", 2)).Outstanding(_object, ReferenceCounter.PointerCount));
    }

    private static ReferenceLedger Ledger(params TraceRecord[] records)
    {
        var trace = new Trace();
        foreach (var record in records)
            trace.Add(record);
        return ReferenceLedger.Of(trace);
    }

    private static ReferenceRecord Take(string module, uint rva) =>
        new(_object, "Device", ReferenceCounter.PointerCount, 1, 2, ReferenceCause.ExplicitReference, default) { Stack = [Site(module, rva)] };

    private static ReferenceRecord Drop(string module, uint rva) =>
        new(_object, "Device", ReferenceCounter.PointerCount, 2, 1, ReferenceCause.ExplicitReference, default) { Stack = [Site(module, rva)] };

    private static ReferenceRecord Held(ulong holder, bool take) => new(
        _object, "Device", ReferenceCounter.PointerCount, take ? 1 : 2, take ? 2 : 1, ReferenceCause.WorkItem, new VirtualAddress(holder));

    private static CallSite Site(string module, uint rva) => new(new VirtualAddress(rva), module, new Rva(rva));
}
