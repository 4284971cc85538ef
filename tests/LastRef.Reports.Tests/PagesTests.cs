using LastRef.Reports;

namespace LastRef.Tests;

public class PagesTests
{
    [Fact]
    public void Every_reason_of_the_catalogue_has_a_page_that_names_its_rule()
    {
        foreach (var info in Reasons.All.Where(info => info.Reason != Reason.Unlisted))
        {
            var page = Pages.Find(info.Id);
            Assert.True(page is not null, $"{info.Id} has no page");
            Assert.StartsWith(info.Id + " ", page, StringComparison.Ordinal);
            Assert.Contains($"Rule {info.Rule}.", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("R-03")]
    [InlineData("r-3")]
    [InlineData("L" + "-06")]
    [InlineData("L-6")]
    public void A_page_is_found_however_its_number_is_written(string id) => Assert.NotNull(Pages.Find(id));

    [Theory]
    [InlineData("R" + "-99")]
    [InlineData("L" + "-0")]
    [InlineData("../rules")]
    [InlineData("")]
    public void There_is_no_page_on_anything_else(string id) => Assert.Null(Pages.Find(id));

    [Fact]
    public void Every_page_says_the_six_things_with_a_command_and_code()
    {
        string[] sections = ["What you see", "Why Windows does it", "How LastRef knows", "How to confirm it in WinDbg", "How to fix it", "What looks alike"];
        foreach (var id in Pages.Ids.Where(id => id.StartsWith("R-", StringComparison.Ordinal)))
        {
            var page = File.ReadAllText(Golden.RepositoryFile("docs", "reasons", id + ".md"));
            var headings = page.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim());
            Assert.Equal(sections, headings);
            Assert.True(page.Contains("```c", StringComparison.Ordinal), $"{id} has no example in C");
            Assert.True(
                Pages.SectionOf(id, "How to confirm it in WinDbg")!.Split(' ', '\n', '`').Any(word => word is ['!', _, ..] or "lm" or "ba" or "dt"), $"{id} names no command");
        }
    }

    [Fact]
    public void There_are_eighteen_rules_and_every_reason_names_one_of_them() =>
        Assert.Equal(Enumerable.Range(1, 18).Select(n => $"L-{n}"), Pages.Ids.Where(id => id.StartsWith("L-", StringComparison.Ordinal)).OrderBy(id => id.Length).ThenBy(id => id, StringComparer.Ordinal));

    [Fact]
    public void Pages_are_plain_text()
    {
        foreach (var id in Pages.Ids)
        {
            var page = Pages.Find(id)!;
            Assert.DoesNotContain("```", page, StringComparison.Ordinal);
            Assert.DoesNotContain("## ", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_rule_that_a_reason_names_has_a_page() =>
        Assert.All(Reasons.All, info => Assert.NotNull(Pages.Find(info.Rule)));
}
