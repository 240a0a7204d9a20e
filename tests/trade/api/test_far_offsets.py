"""Times are read in any offset that ISO 8601 can write, also in those that the database cannot."""

import pytest

pytestmark = pytest.mark.django_db
MOMENTS = ("2024-01-01T00:00:00%2B23:59", "2024-01-01T00:00:00-23:59")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/trade/series/?as_of={}",
        "/api/v1/trade/observations/?dataset=FCS&as_of={}",
        "/sdmx/data/TRADE/M?updatedAfter={}",
        "/trade/?as_of={}",
        "/api/v1/agreements/?updated_since={}",
    ],
)
def test_a_far_offset_is_read(analyst, release, address, moment):
    assert analyst.get(address.format(moment)).status_code < 500
