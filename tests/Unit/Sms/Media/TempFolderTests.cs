using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Media;

namespace Switchboard.Tests.Unit.Sms.Media;

public sealed class TempFolderTests : Scratch
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_file_is_gone_when_it_is_not_needed_any_more()
    {
        using var folder = await StartAsync();
        string path;
        using (var file = folder.NewFile())
        {
            path = file.Path;
            await using (var content = TempFile.Create(path))
                content.WriteByte(1);
            File.Exists(path).ShouldBeTrue();
        }

        File.Exists(path).ShouldBeFalse();
        using (folder.NewFile())
        {
            // was never made
        }
    }

    [Fact]
    public async Task At_the_end_nothing_is_left()
    {
        using var folder = await StartAsync();
        File.WriteAllText(folder.NewFile().Path, "left");

        await folder.StopAsync(default);

        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_process_left_that_is_gone_is_removed_and_what_another_has_is_not()
    {
        using var other = await StartAsync();
        var others = other.NewFile().Path;
        File.WriteAllText(others, "in use");
        Leave("one");

        using var folder = await StartAsync();
        Remains("one").ShouldBeFalse();
        Leave("two");
        folder.Sweep();

        Remains("two").ShouldBeFalse();
        File.Exists(others).ShouldBeTrue();
        Directory.EnumerateDirectories(Folder).Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_file_of_ones_own_that_is_older_than_30_days_is_removed()
    {
        using var folder = await StartAsync();
        var (old, recent) = (folder.NewFile().Path, folder.NewFile().Path);
        File.WriteAllText(old, "old");
        File.WriteAllText(recent, "recent");
        File.SetLastWriteTimeUtc(old, _time.GetUtcNow().UtcDateTime.AddDays(-31));
        File.SetLastWriteTimeUtc(recent, _time.GetUtcNow().UtcDateTime.AddDays(-29));

        folder.Sweep();

        File.Exists(old).ShouldBeFalse();
        File.Exists(recent).ShouldBeTrue();
    }

    [Fact]
    public async Task Two_folders_never_are_the_same()
    {
        using var one = await StartAsync();
        using var two = await StartAsync();

        Path.GetDirectoryName(one.NewFile().Path).ShouldNotBe(Path.GetDirectoryName(two.NewFile().Path));
    }

    private void Leave(string name)
    {
        Directory.CreateDirectory(Path.Combine(Folder, name));
        File.WriteAllText(Path.Combine(Folder, $"{name}.lock"), "");
        File.WriteAllText(Path.Combine(Folder, name, "file"), "left");
    }

    private bool Remains(string name) => Directory.Exists(Path.Combine(Folder, name)) || File.Exists(Path.Combine(Folder, $"{name}.lock"));

    private async Task<TempFolder> StartAsync()
    {
        var folder = new TempFolder(Options.Create(new MediaOptions { TempFolder = Folder }), _time, NullLogger<TempFolder>.Instance);
        await folder.StartAsync(default);
        return folder;
    }
}
