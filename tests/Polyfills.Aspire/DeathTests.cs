using System.Diagnostics;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>An app host as a process of its own, ended in the worst way.</summary>
public sealed class DeathTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task Nothing_is_left_when_the_app_host_is_killed_and_the_next_one_goes_on_with_the_data()
    {
        var folder = Directory.CreateTempSubdirectory("house-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        try
        {
            using var first = await AppHostProcess.StartAsync(folder, Patience);
            var secrets = await File.ReadAllTextAsync(Path.Combine(folder, "data/secrets.json"));
            var mark = first.Mark;
            AppHostProcess.Marked(mark).Count.ShouldBeGreaterThan(5, "servers and processes run");

            first.Process.Kill();
            await AppHostProcess.GoneAsync(mark, Patience);

            using var second = await AppHostProcess.StartAsync(folder, Patience);
            (await File.ReadAllTextAsync(Path.Combine(folder, "data/secrets.json"))).ShouldBe(secrets);

            var asked = Stopwatch.GetTimestamp();
            using (var interrupt = Process.Start("kill", ["-s", "INT", $"{second.Process.Id}"])) await interrupt.WaitForExitAsync();
            await second.Process.WaitForExitAsync().WaitAsync(Patience);
            Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(TimeSpan.FromSeconds(15));
            AppHostProcess.Marked(second.Mark).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
