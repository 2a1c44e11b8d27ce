namespace Switchboard.Tests.Simulator.Meta;

public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switchboard-simulator").FullName;

    [Fact]
    public async Task What_was_answered_for_survives_the_process_and_its_statuses_still_come()
    {
        string told, untold;
        await using (var first = await RunningSimulator.StartAsync($"Simulator:DataFolder={_folder}"))
        {
            told = await first.SendTextAsync("Told", callbackData: "n-1");
            await StatusesAsync(first, told, 2);
            first.Edge.Answer = 503;
            untold = await first.SendTextAsync("Not told", callbackData: "n-2");
            await first.Edge.NextAsync();
        }

        // as after a kill in the middle of a line
        await File.AppendAllTextAsync(Directory.GetFiles(_folder).Single(), """{"m":{"n":179""");

        await using var second = await RunningSimulator.StartAsync($"Simulator:DataFolder={_folder}");
        await StatusesAsync(second, untold, 2);
        var third = await second.SendTextAsync("Third");

        (await second.GetAsync("/_sim/whatsapp/messages"))["items"]!.AsArray().Select(item => (string)item!["id"]!).ShouldBe([told, untold, third]);
    }

    [Fact]
    public async Task What_was_deleted_stays_deleted()
    {
        await using (var first = await RunningSimulator.StartAsync($"Simulator:DataFolder={_folder}"))
        {
            await first.SendTextAsync("Gone");
            (await first.Http.DeleteAsync("/_sim/whatsapp/messages")).Dispose();
            await first.SendTextAsync("Here");
        }

        await using var second = await RunningSimulator.StartAsync($"Simulator:DataFolder={_folder}");

        (await second.GetAsync("/_sim/whatsapp/messages"))["items"]!.AsArray().Select(item => (string)item!["body"]!).ShouldBe(["Here"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task StatusesAsync(RunningSimulator simulator, string id, int count)
    {
        for (var seen = 0; seen < count;)
        {
            seen += (await simulator.Edge.NextAsync()).Statuses().Count(status => status.Id == id);
        }

        // the edge has answered, but the journal may not know yet: the list says when it does
        while ((await simulator.GetAsync("/_sim/whatsapp/messages?q=told"))["items"]!.AsArray()
            .Any(item => (string)item!["id"]! == id && item["statuses"]!.AsArray().Count < count))
        {
            await Task.Yield();
        }
    }
}
