namespace Aspire.Hosting.Testing;

/// <summary>An application whose disposal stops all its resources, deletes their data, and lets Main return.</summary>
internal sealed class TestedApplication(EntryPointRunner main, DistributedApplication inner) : DistributedApplication(inner)
{
    public override void Dispose()
    {
        StopAsync().GetAwaiter().GetResult();
        base.Dispose();
        main.EndAsync().GetAwaiter().GetResult();
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        await base.DisposeAsync();
        await main.EndAsync();
    }
}
