using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Options;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>Who waits for whom, and what ends the wait.</summary>
public sealed class WaitingTests : IDisposable
{
    private readonly ResourceCollection _resources = [];
    private readonly ProjectResource _first = new("first");
    private readonly ProjectResource _second = new("second");
    private readonly ResourceNotificationService _notifications;

    public WaitingTests()
    {
        _resources.Add(_first);
        _resources.Add(_second);
        _notifications = new ResourceNotificationService(
            new DistributedApplicationModel(_resources),
            Options.Create(new ResourceNotificationServiceOptions { DefaultWaitBehavior = WaitBehavior.StopOnResourceUnavailable }));
    }

    public void Dispose() => _notifications.Dispose();

    [Fact]
    public async Task A_resource_waits_until_the_other_runs_is_healthy_and_what_was_to_happen_then_is_done()
    {
        var ready = new TaskCompletionSource();
        var waiting = WaitFor(WaitType.WaitUntilHealthy);
        await Publish(_first, KnownResourceStates.Running, state => state with { HealthReports = [new HealthReportSnapshot("check", null, null, null)] });
        _notifications.TryGetCurrentState("second", out var second).ShouldBeTrue();
        second!.Snapshot.State!.Text.ShouldBe(KnownResourceStates.Waiting);

        await Publish(_first, KnownResourceStates.Running, state => state with
        {
            HealthReports = [new HealthReportSnapshot("check", Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, null, null)],
            ResourceReadyEvent = new EventSnapshot(ready.Task),
        });
        waiting.IsCompleted.ShouldBeFalse("a database may still have to be made");

        ready.SetResult();
        await waiting;
    }

    [Fact]
    public async Task A_resource_that_waits_for_one_that_dies_gives_up()
    {
        var waiting = WaitFor(WaitType.WaitUntilHealthy);
        await Publish(_first, KnownResourceStates.Exited, state => state with { ExitCode = 1 });

        (await Should.ThrowAsync<DistributedApplicationException>(waiting)).Message.ShouldContain("entered the 'Exited' state prematurely");
    }

    [Fact]
    public async Task With_the_other_behaviour_it_waits_for_somebody_to_start_it_again()
    {
        var waiting = WaitFor(WaitType.WaitUntilStarted, WaitBehavior.WaitOnResourceUnavailable);
        await Publish(_first, KnownResourceStates.Exited);
        waiting.IsCompleted.ShouldBeFalse();

        await Publish(_first, KnownResourceStates.Running);
        await waiting;
    }

    [Fact]
    public async Task Completion_means_the_expected_exit_code()
    {
        var waiting = WaitFor(WaitType.WaitForCompletion);
        await Publish(_first, KnownResourceStates.Finished, state => state with { ExitCode = 0 });
        await waiting;

        await Publish(_first, KnownResourceStates.Exited, state => state with { ExitCode = 3 });
        (await Should.ThrowAsync<DistributedApplicationException>(WaitFor(WaitType.WaitForCompletion))).Message.ShouldContain("with exit code '3', expected '0'");
    }

    [Fact]
    public async Task Whoever_waits_for_a_resource_that_does_not_exist_is_told_so() =>
        (await Should.ThrowAsync<DistributedApplicationException>(_notifications.WaitForResourceHealthyAsync("nobody")))
            .Message.ShouldContain("does not exist");

    private Task WaitFor(WaitType type, WaitBehavior? behavior = null)
    {
        _second.Annotations.Clear();
        _second.Annotations.Add(new WaitAnnotation(_first, type) { WaitBehavior = behavior });
        return _notifications.WaitForDependenciesAsync(_second, CancellationToken.None);
    }

    private Task Publish(ProjectResource resource, string state, Func<CustomResourceSnapshot, CustomResourceSnapshot>? change = null) =>
        _notifications.PublishUpdateAsync(resource, snapshot => (change ?? (same => same))(snapshot with { State = state }));
}
