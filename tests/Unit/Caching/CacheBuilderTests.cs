using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Unit.Caching;

public sealed class CacheBuilderTests
{
    [Fact]
    public void A_namespace_has_one_name_without_a_colon_and_only_once()
    {
        var builder = new CacheBuilder().Namespace("rules", TimeSpan.FromMinutes(5), 1_000);

        Should.Throw<ArgumentException>(() => builder.Namespace("rules", TimeSpan.FromMinutes(5), 1_000));
        Should.Throw<ArgumentException>(() => builder.Namespace("a:b", TimeSpan.FromMinutes(5), 1_000));
        Should.Throw<ArgumentException>(() => builder.Namespace("none", TimeSpan.FromMinutes(5), 0));
        Should.Throw<ArgumentException>(() => builder.Namespace("never", TimeSpan.Zero, 1));
    }
}
