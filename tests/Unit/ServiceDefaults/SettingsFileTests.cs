using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class SettingsFileTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switchboard-settings-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "settings.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_it_says_stands_above_all_else_and_changes_while_the_process_runs()
    {
        await File.WriteAllTextAsync(Path, """{ "FLAG": false }""");
        await using var host = await StartAsync(("FLAG", "true"), ("OTHER", "stays"));
        host.App.Configuration["FLAG"].ShouldBe("False");

        await ChangeAsync(host, """{ "FLAG": true, "OTHER": "from the file" }""");

        host.App.Configuration["FLAG"].ShouldBe("True");
        host.App.Configuration["OTHER"].ShouldBe("from the file");
    }

    [Fact]
    public async Task One_that_is_not_there_says_nothing_and_may_come_later()
    {
        await using var host = await StartAsync(("FLAG", "true"));
        host.App.Configuration["FLAG"].ShouldBe("true");

        await ChangeAsync(host, """{ "FLAG": false }""");

        host.App.Configuration["FLAG"].ShouldBe("False");
    }

    [Fact]
    public async Task One_that_is_no_JSON_fails_the_start_with_its_name()
    {
        await File.WriteAllTextAsync(Path, "{ FLAG ");

        (await Should.ThrowAsync<InvalidDataException>(() => StartAsync())).Message.ShouldContain("settings.json");
    }

    [Fact]
    public async Task A_folder_that_is_not_there_fails_the_start_with_its_name() =>
        (await Should.ThrowAsync<InvalidOperationException>(
            () => DefaultsHost.StartAsync(settings: new() { ["SettingsFile"] = "/nowhere/settings.json" }))).Message.ShouldContain("/nowhere");

    private Task<DefaultsHost> StartAsync(params (string Name, string Value)[] settings) =>
        DefaultsHost.StartAsync(settings: settings.Append(("SettingsFile", Path)).ToDictionary(one => one.Item1, one => (string?)one.Item2));

    private async Task ChangeAsync(DefaultsHost host, string json)
    {
        var reloaded = new TaskCompletionSource();
        using var listening = ChangeToken.OnChange(((IConfiguration)host.App.Configuration).GetReloadToken, () => reloaded.TrySetResult());
        await File.WriteAllTextAsync(Path, json);
        await reloaded.Task.WaitAsync(Patience);
    }
}
