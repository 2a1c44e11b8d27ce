using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Lets a test run the app host's real Main, and take part at four points of it.</summary>
internal sealed class EntryPointHook
{
    private static readonly AsyncLocal<EntryPointHook?> Ambient = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static EntryPointHook? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Before the host builder is made: the options and settings can still be changed.</summary>
    public required Action<DistributedApplicationOptions, HostApplicationBuilderSettings> Constructing { get; init; }

    /// <summary>Main has described all; returns when the test lets it build.</summary>
    public required Action<DistributedApplicationBuilder> Building { get; init; }

    /// <summary>The application is there.</summary>
    public required Action<DistributedApplication> Built { get; init; }

    /// <summary>Done when Main may return.</summary>
    public Task Stopped => _stopped.Task;

    public void LetMainReturn() => _stopped.TrySetResult();
}
