namespace Attachments.Bench;

/// <summary>What to measure, and how long.</summary>
/// <param name="Seconds">Of each measurement with many requests.</param>
/// <param name="Runs">How often everything is measured; the median counts.</param>
/// <param name="Only">Rows whose name holds this text; empty: all.</param>
/// <param name="Many">How many attachments are stored in a second database, which the service is measured on as well; 0: there is
/// none.</param>
internal sealed record Options(int Seconds, int Runs, string Only, int Many)
{
    private const string Usage =
        """
        usage: bench/run [--seconds 5] [--runs 3] [--many 1000000] [--only TEXT]
          --seconds   how long a measurement with many requests takes
          --runs      how often each is made; the median counts
          --many      how many attachments are in a second database, which the service is measured on as well; 0 leaves that out
          --only      only rows whose name holds this text, or one of the notes: memory, previews, end, feed, start
        Settings of the service are taken from the environment, such as Storage__Provider.
        """;

    /// <summary>Null: they are not understood.</summary>
    public static Options? Parse(string[] args)
    {
        var options = new Options(Seconds: 5, Runs: 3, Only: "", Many: 1_000_000);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var number = int.TryParse(value, out var parsed) ? parsed : -1;
            switch (args[i])
            {
                case "--seconds" when number > 0:
                    options = options with { Seconds = number };
                    break;
                case "--runs" when number > 0:
                    options = options with { Runs = number };
                    break;
                case "--many" when number >= 0:
                    options = options with { Many = number };
                    break;
                case "--only" when value.Length > 0:
                    options = options with { Only = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    public static int Explain()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
