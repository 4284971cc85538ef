using System.Text.RegularExpressions;

namespace LastRef.Tests;

/// <summary>The pages for people.</summary>
public partial class DocumentTests
{
    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        List<string> broken = [];
        foreach (string page in Repository.Files().Where(path => path.EndsWith(".md", StringComparison.Ordinal)))
        {
            string folder = Path.GetDirectoryName(page)!;
            foreach (Match link in Link().Matches(Repository.Text(page)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                bool elsewhere = target.Length == 0 || target.Contains("://", StringComparison.Ordinal);
                string path = Path.Combine(Repository.Root, folder, target);
                if (!elsewhere && !File.Exists(path) && !Directory.Exists(path))
                {
                    broken.Add($"{page} links to {target}");
                }
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
