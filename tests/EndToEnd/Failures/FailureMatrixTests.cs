using System.Diagnostics;
using System.Globalization;
using System.Net;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Failures;

/// <summary>
/// Each server half alive: it hangs, is slow, only reads, or blocks publishers; <see cref="CrashTests"/> has the killed ones. Meanwhile every
/// answer of the edge comes in bounded time and is one that docs/failures.md names, each process is alive, and readiness says what cannot
/// be done. Afterwards all that was accepted is delivered once, and no process was restarted.
/// </summary>
public sealed class FailureMatrixTests(ApplicationFixture app)
{
    private const int Patience = 240_000;

    private static readonly string[] Processes = ["edge-api", "workers-ingest", "workers-dispatch", "analytics-worker"];

    // 5 s, and what a busy machine adds to it
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    /// <summary>Server, state, what a read and a webhook may be answered, and which processes are not ready for which reason.</summary>
    public static TheoryData<string, string, int[], int[], string[], string> Matrix => new()
    {
        { "postgres", "hung", [503], [202, 503], Processes, "No answer within" },
        { "postgres", "read-only", [200], [202], Processes, "Postgres takes no writes" },
        { "postgres", "slow", [200, 503], [202, 503], [], "" },
        { "redis", "hung", [200], [202], [], "" },
        { "redis", "slow", [200], [202], [], "" },
        { "rabbitmq", "hung", [200], [503], [], "" },
        { "rabbitmq", "slow", [200], [202, 503], [], "" },
        { "rabbitmq", "blocked", [200], [503], ["edge-api"], "RabbitMQ takes no jobs" },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Matrix))]
    public async Task What_a_half_alive_server_does_to_each_process(
        string server, string state, int[] read, int[] webhook, string[] unready, string reason)
    {
        var me = await app.Edge.NewUserAsync();
        var token = $"{server}-{state}-{Guid.CreateVersion7():n}";
        await me.CreateRuleAsync($"{state}.test", "+15550117001");
        var processes = Processes.ToDictionary(name => name, app.ProcessIdOf);
        var accepted = new List<string>();

        await using (await BreakAsync(server, state))
        {
            await Eventually.SeesAsync(
                async () => await PostAsync(me, $"{token} seen", state, accepted), webhook.Contains,
                $"an expected answer with {server} {state}");
            for (var number = 0; number < 5; number++)
            {
                (await PostAsync(me, $"{token} {number}", state, accepted)).ShouldBeOneOf(webhook);
                using var list = await me.SendAsync(HttpMethod.Get, "/api/rules").WaitAsync(Bound);
                ((int)list.StatusCode).ShouldBeOneOf(read);
            }

            foreach (var process in Processes)
                await CheckHealthAsync(process, unready.Contains(process) ? reason : null);
        }

        await Eventually.SeesAsync(
            async () => await PostAsync(me, $"{token} after", state, accepted), status => status == 202,
            $"a mail is taken after {server} {state}");
        foreach (var subject in accepted.Distinct())
            await me.NotificationAsync(subject, "delivered", TimeSpan.FromSeconds(90));
        // a mail that was answered 503 may have been taken too: the broker had it, and its word did not come
        var sent = (await app.Simulator.MessagesAsync(token)).Select(message => (string)message["body"]!).ToList();
        sent.ShouldBeUnique();
        accepted.Except(sent).ShouldBeEmpty();
        foreach (var (name, pid) in processes)
            app.ProcessIdOf(name).ShouldBe(pid, $"{name} should not have needed a restart");
    }

    // the same mail again is the same messageId
    private static async Task<int> PostAsync(EdgeClient me, string subject, string state, List<string> accepted)
    {
        var mail = new { messageId = subject, from = $"a@{state}.test", to = "me@example.com", subject, text = "" };
        using var answer = await me.SendAsync(HttpMethod.Post, "/api/webhooks/email", mail).WaitAsync(Bound);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            answer.Headers.RetryAfter.ShouldNotBeNull();
        if (answer.StatusCode == HttpStatusCode.Accepted)
            accepted.Add(subject);
        return (int)answer.StatusCode;
    }

    private async Task CheckHealthAsync(string process, string? reason)
    {
        using var http = Aspire.Hosting.Testing.DistributedApplicationHostingTestingExtensions.CreateHttpClient(app.App, process, "http");
        (await http.GetStringAsync(new Uri("/alive", UriKind.Relative))).ShouldBe("Healthy");
        if (reason is null)
            return;
        await Eventually.SeesAsync(
            async () =>
            {
                using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative));
                return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
            },
            health => health.StartsWith("503", StringComparison.Ordinal) && health.Contains(reason, StringComparison.Ordinal),
            $"{process} not ready because of: {reason}");
    }

    private async Task<IAsyncDisposable> BreakAsync(string server, string state)
    {
        switch (state)
        {
            case "read-only":
                await SetReadOnlyAsync("on");
                return new Repair(() => SetReadOnlyAsync("off"));
            case "blocked":
                await RabbitCtlAsync("set_vm_memory_high_watermark", "absolute", "1");
                return new Repair(() => RabbitCtlAsync("set_vm_memory_high_watermark", "0.6"));
            case "hung":
                Signal(server, "STOP");
                return new Repair(() =>
                {
                    Signal(server, "CONT");
                    return Task.CompletedTask;
                });
            default:
                return Slow(server);
        }
    }

    // it stands still four fifths of the time
    private Repair Slow(string server)
    {
        var ended = new CancellationTokenSource();
        var pulses = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            for (var pulse = 0; !ended.IsCancellationRequested; pulse++)
            {
                Signal(server, pulse % 5 == 0 ? "CONT" : "STOP");
                await timer.WaitForNextTickAsync();
            }
        });
        return new(async () =>
        {
            await ended.CancelAsync();
            await pulses;
            Signal(server, "CONT");
            ended.Dispose();
        });
    }

    private async Task SetReadOnlyAsync(string value)
    {
        await using var connection = await app.OpenDatabaseAsync();
        foreach (var sql in new[]
                 {
                     "SET default_transaction_read_only = off", $"ALTER SYSTEM SET default_transaction_read_only = {value}",
                     "SELECT pg_reload_conf()",
                 })
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }

    // as the broker itself runs: its user, its name and its ports
    private async Task RabbitCtlAsync(params string[] arguments)
    {
        var broker = Family("rabbitmq").First(pid => File.ReadAllText($"/proc/{pid}/comm").Contains("beam", StringComparison.Ordinal));
        var owner = File.ReadLines($"/proc/{broker}/status")
            .First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        string[] asOwner = Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={owner}", "--clear-groups"] : [];
        string[] command = [.. asOwner, "/usr/lib/rabbitmq/bin/rabbitmqctl", .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var entry in File.ReadAllText($"/proc/{broker}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries))
            start.Environment[entry.Split('=', 2)[0]] = entry.Split('=', 2)[1];
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, said);
    }

    private void Signal(string server, string signal)
    {
        foreach (var pid in Family(server))
        {
            using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
            // one that has ended by itself is not there any more
            kill.WaitForExit();
        }
    }

    // parents first: a server that stands still starts no more children
    private List<int> Family(string server)
    {
        var family = new List<int> { app.ProcessIdOf(server) };
        for (var at = 0; at < family.Count; at++)
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{family[at]}/task"))
            {
                family.AddRange(File.ReadAllText(Path.Combine(thread, "children"))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)));
            }
        }

        return family;
    }

    private sealed class Repair(Func<Task> repair) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await repair();
    }
}
