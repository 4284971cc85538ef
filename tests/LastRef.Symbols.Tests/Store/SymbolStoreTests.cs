using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Symbol paths and stores: by GUID and age, the nearest first, a server only when it was asked for.</summary>
public sealed class SymbolStoreTests : IDisposable
{
    private static readonly CodeViewRecord Record = new(new Guid("01234567-89ab-cdef-0123-456789abcdef"), 3, "ntkrnlmp.pdb");
    private const string Key = "0123456789ABCDEF0123456789ABCDEF3";
    private readonly string _folder = Directory.CreateTempSubdirectory("lastref-store-tests").FullName;
    private readonly List<string> _notes = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/sym", "/sym/ntkrnlmp.pdb")]
    [InlineData("/sym", "/sym/NTKRNLMP.PDB")]
    [InlineData("/sym", "/sym/pdb/ntkrnlmp.pdb")]
    [InlineData("/sym", "/sym/symbols/pdb/ntkrnlmp.pdb")]
    [InlineData("/sym", "/sym/ntkrnlmp.pdb/" + Key + "/ntkrnlmp.pdb")]
    [InlineData("/sym", "/sym/ntkrnlmp.pdb/0123456789abcdef0123456789abcdef3/ntkrnlmp.pdb")]
    [InlineData("/sym", "/sym/NtKrnlMp.pdb/0123456789abcDEF0123456789abcdef3/NtKrnlMp.pdb")]
    [InlineData("/none;/sym", "/sym/ntkrnlmp.pdb/" + Key + "/ntkrnlmp.pdb")]
    [InlineData("srv*/near*/sym", "/sym/ntkrnlmp.pdb/" + Key + "/ntkrnlmp.pdb")]
    [InlineData("SymSrv*symsrv.dll*/sym", "/sym/ntkrnlmp.pdb/" + Key + "/ntkrnlmp.pdb")]
    [InlineData("cache*/sym;/none", "/sym/ntkrnlmp.pdb/" + Key + "/ntkrnlmp.pdb")]
    public void The_file_is_found_wherever_the_path_leads(string path, string file)
    {
        var files = new MemoryFiles().With(file, new PdbBuilder().Build());
        Assert.Equal(file, Find(path, files)?.FileName);
        Assert.DoesNotContain(_notes, note => !note.Contains("cannot be kept", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/sym/ntkrnlmp.pdb/0123456789ABCDEF0123456789ABCDEF-3.json")]
    [InlineData("/sym/windows/ntkrnlmp.pdb/0123456789ABCDEF0123456789ABCDEF-3.json")]
    [InlineData("/sym/0123456789abcdef0123456789abcdef-3.json")]
    public void An_ISF_is_found_by_its_name_too(string file) =>
        Assert.IsType<IsfFile>(Find("/sym", new MemoryFiles().With(file, SymbolFileTests.Isf("plain"))));

    [Fact]
    public void A_store_of_two_tiers_is_known_by_its_index()
    {
        var files = new MemoryFiles().With("/sym/index2.txt", []).With("/sym/nt/ntkrnlmp.pdb/" + Key + "/ntkrnlmp.pdb", new PdbBuilder().Build());
        Assert.NotNull(Find("srv*/sym", files));
    }

    [Fact]
    public void A_name_alone_is_worth_nothing()
    {
        var files = new MemoryFiles().With("/sym/ntkrnlmp.pdb", new PdbBuilder { DbiAge = 9, InfoAge = 9 }.Build());
        Assert.Null(Find("/sym", files));
        Assert.Contains("of another build: it is 0123456789ABCDEF0123456789ABCDEF9, " + Key, Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ntkrnlmp.pd_", "(CAB)")]
    [InlineData("file.ptr", "not followed")]
    [InlineData("msfz0/ntkrnlmp.pdb", "MSFZ")]
    public void What_stands_in_the_place_of_the_file_is_said_in_one_line(string name, string expected)
    {
        Assert.Null(Find("srv*/sym", new MemoryFiles().With($"/sym/ntkrnlmp.pdb/{Key}/{name}", "PATH:x"u8.ToArray())));
        Assert.Contains(expected, Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_does_not_hide_a_good_one()
    {
        var files = new MemoryFiles().With("/a/ntkrnlmp.pdb", "Microsoft C/C++ MSF 7.00\r\n\u001aDS\0\0\0"u8.ToArray()).With("/b/ntkrnlmp.pdb", new PdbBuilder().Build());
        Assert.Equal("/b/ntkrnlmp.pdb", Find("/a;/b", files)?.FileName);
        Assert.Single(_notes);
    }

    [Theory]
    [InlineData("foo*/sym", "none of srv, symsrv and cache")]
    [InlineData("cache*/a*/b", "one folder")]
    [InlineData("srv*https://example.org*/sym", "only the last store")]
    public void What_is_no_path_is_refused(string path, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => SymbolPath.Parse([path])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_is_fetched_from_a_server_and_kept_in_the_nearest_store()
    {
        using var web = new LocalServer($"/symbols/ntkrnlmp.pdb/{Key}/ntkrnlmp.pdb", new PdbBuilder().Build());
        var path = $"srv*{_folder}*{web.Address}symbols";
        Assert.StartsWith(web.Address, Find(path, new PhysicalFiles(), new HttpSymbolServer())?.FileName, StringComparison.Ordinal);
        var kept = Path.Combine(_folder, "ntkrnlmp.pdb", Key, "ntkrnlmp.pdb");
        Assert.Equal([kept], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));

        // The second time nobody is asked.
        Assert.Equal(kept, Find(path, new PhysicalFiles(), new HttpSymbolServer())?.FileName);
        Assert.Equal(1, web.Requests);
        Assert.Empty(_notes);
    }

    [Fact]
    public void A_cache_keeps_what_the_elements_behind_it_find()
    {
        using var web = new LocalServer($"/ntkrnlmp.pdb/{Key}/ntkrnlmp.pdb", new PdbBuilder().Build());
        var near = Path.Combine(_folder, "near");
        Assert.NotNull(Find($"cache*{_folder};srv*{near}*{web.Address}", new PhysicalFiles(), new HttpSymbolServer()));
        Assert.True(File.Exists(Path.Combine(_folder, "ntkrnlmp.pdb", Key, "ntkrnlmp.pdb")));
        Assert.True(File.Exists(Path.Combine(near, "ntkrnlmp.pdb", Key, "ntkrnlmp.pdb")));
    }

    [Theory]
    [InlineData(404, "no such file")]
    [InlineData(500, "answers 500")]
    public void A_server_that_does_not_have_it_is_one_line(int status, string expected)
    {
        using var web = new LocalServer("/other", [], status);
        Assert.Null(Find($"srv*{_folder}*{web.Address}", new PhysicalFiles(), new HttpSymbolServer()));
        Assert.Contains(expected, Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_server_that_sends_another_file_or_breaks_off_leaves_nothing_behind()
    {
        using var web = new LocalServer($"/ntkrnlmp.pdb/{Key}/ntkrnlmp.pdb", new PdbBuilder { DbiAge = 9, InfoAge = 9 }.Build());
        Assert.Null(Find($"srv*{_folder}*{web.Address}", new PhysicalFiles(), new HttpSymbolServer()));
        Assert.Contains("of another build", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void No_server_is_asked_without_the_word_of_a_person()
    {
        using var web = new LocalServer($"/ntkrnlmp.pdb/{Key}/ntkrnlmp.pdb", new PdbBuilder().Build());
        Assert.Null(Find($"srv*{_folder}*{web.Address}", new PhysicalFiles()));
        Assert.Contains("not asked", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Equal(0, web.Requests);
    }

    [Fact]
    public void The_file_that_is_needed_is_named_exactly() =>
        Assert.StartsWith($"needed: ntkrnlmp.pdb/{Key}/ntkrnlmp.pdb from a symbol server", SymbolStore.HowToGet(Record), StringComparison.Ordinal);

    private ISymbolFile? Find(string path, IFileSource files, ISymbolServer? server = null) =>
        new SymbolStore(SymbolPath.Parse([path]), files, server).Find(Record, _notes);
}
