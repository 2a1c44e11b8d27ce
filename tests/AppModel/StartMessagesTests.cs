using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switchboard.AppHost;

namespace Switchboard.Tests.AppModel;

/// <summary>What the terminal says while the application starts. Nothing is started: the states are told as the control plane tells them.</summary>
public sealed class StartMessagesTests
{
    [Theory]
    [InlineData("Exited", 3, "migrations has failed (Exited, exit code 3).")]
    [InlineData("FailedToStart", null, "migrations has failed (FailedToStart, exit code unknown).")]
    public async Task A_part_that_fails_is_named_with_what_it_said_last(string state, int? exitCode, string message)
    {
        await using var app = Build();
        await using var terminal = new Terminal(until: "Ctrl-C");
        using var messages = Messages(app, terminal);
        var logs = app.Services.GetRequiredService<ResourceLoggerService>();
        foreach (var number in Enumerable.Range(1, 20))
            logs.GetLogger("migrations").Log(LogLevel.Error, default, number, null, (line, _) => $"line {line}");
        logs.Complete("migrations");

        await messages.StartAsync(default);
        await TellAsync(app, "migrations", state, exitCode);
        await TellAsync(app, "workers-ingest", KnownResourceStates.FailedToStart, null);
        await terminal.HasSaidIt;
        await messages.StopAsync(default);

        var said = terminal.ToString();
        said.ShouldContain(message);
        said.ShouldContain("line 20");
        said.ShouldNotContain("workers-ingest", customMessage: "which waits for it, and did not start for that alone");
        said.ShouldNotContain("line 10", customMessage: "ten lines are enough to see why; the dashboard has them all");
    }

    [Fact]
    public async Task One_that_has_done_its_work_or_is_stopped_with_the_application_is_no_failure()
    {
        await using var app = Build();
        await using var terminal = new Terminal(until: "");
        using var messages = Messages(app, terminal);

        await messages.StartAsync(default);
        await TellAsync(app, "migrations", KnownResourceStates.Finished, 0);
        await messages.StopAsync(default);
        await TellAsync(app, "migrations", KnownResourceStates.Exited, 137);

        terminal.ToString().ShouldBeEmpty();
    }

    private static DistributedApplication Build()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
        var migrations = builder.AddExecutable("migrations", "migrations", ".");
        builder.AddExecutable("workers-ingest", "workers-ingest", ".").WaitForCompletion(migrations);
        // one that never becomes healthy, so that all is never ready
        builder.AddProject<Projects.Edge_Api>("edge-api").WithHttpHealthCheck("/health");
        return builder.Build();
    }

    private static StartMessages Messages(DistributedApplication app, TextWriter terminal) =>
        ActivatorUtilities.CreateInstance<StartMessages>(
            app.Services, (IReadOnlyList<(string Title, IResourceBuilder<ProjectResource> Process)>)[], terminal);

    private static Task TellAsync(DistributedApplication app, string name, string state, int? exitCode) =>
        app.Services.GetRequiredService<ResourceNotificationService>().PublishUpdateAsync(
            app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(part => part.Name == name),
            now => now with { State = state, ExitCode = exitCode });

    /// <summary>Keeps what is said, and tells when that has been said.</summary>
    private sealed class Terminal(string until) : StringWriter
    {
        private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HasSaidIt => _said.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(until, StringComparison.Ordinal) == true)
                _said.TrySetResult();
        }
    }
}
