using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Sms;

/// <summary>Ingest dies in the middle of a hundred files: each is there in the end, once, and nothing is left of the interrupted ones.</summary>
public sealed class SmsCrashTests(ApplicationFixture app)
{
    private const int Phones = 5;
    private const int TextsEach = 20;

    [Fact]
    public async Task All_items_complete_once_and_no_file_is_left_when_ingest_is_killed_amid_a_hundred_files()
    {
        var me = await app.Edge.NewUserAsync();
        var phones = new List<Phone>();
        for (var number = 0; number < Phones; number++)
            phones.Add(await Phone.VerifiedAsync(app, me));
        await app.Simulator.FailAsync(new { provider = "twilio-media", latencyMs = 100 });
        try
        {
            await Parallel.ForEachAsync(
                from phone in phones from number in Enumerable.Range(0, TextsEach) select (phone, number),
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (text, _) => await text.phone.TextAsync($"File {text.number}", new { contentType = "image/png", sizeBytes = 1_000_000 }));
            await Eventually.SeesAsync(() => CompletedFilesAsync(phones[0]), count => count >= 10, "ten completed files");

            await app.KillAsync("workers-ingest");
            (await CompletedFilesAsync(phones[0])).ShouldBeLessThan(Phones * TextsEach, "it should have died amid the work");
            await app.StartAsync("workers-ingest");

            var items = await Eventually.SeesAsync(
                () => phones[0].ItemsAsync(),
                all => all.Count >= 2 * Phones * TextsEach && all.All(Phone.IsSettled),
                "all items settled", TimeSpan.FromSeconds(90));
            items.ShouldAllBe(item => (string)item["status"]! == "completed");
            items.Select(item => ((string)item["messageSid"]!, (int)item["part"]!)).Distinct().Count().ShouldBe(2 * Phones * TextsEach);
            items.Count.ShouldBe(2 * Phones * TextsEach);
            await Eventually.SeesAsync(() => Task.FromResult(TemporaryFiles()), files => files.Count == 0, "no temporary file");
            KeptFiles(items).ShouldBe(Phones * TextsEach);
        }
        finally
        {
            await app.Simulator.HealAsync();
        }
    }

    private static async Task<int> CompletedFilesAsync(Phone phone) =>
        (await phone.ItemsAsync("&status=completed")).Count(item => (string)item["kind"]! == "image");

    private List<string> TemporaryFiles() =>
        [.. Directory.EnumerateFiles(app.MediaTempFolder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("lock", StringComparison.Ordinal))];

    // of this test's user: all that is in the folder of one of the items
    private int KeptFiles(IReadOnlyList<JsonNode> items)
    {
        var one = items.First(item => (string)item["kind"]! == "image");
        var file = Directory.EnumerateFiles(app.MediaFolder, $"{one["id"]}*", SearchOption.AllDirectories).First();
        return Directory.EnumerateFiles(Path.GetDirectoryName(file)!).Count();
    }
}
