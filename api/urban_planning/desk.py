"""The desk of a registrar of plans: the land registrar's, for another role."""

from typing import Annotated

from fastapi import Depends

from api.land.desk import Desk, desk_of

AtPlanningDesk = Annotated[Desk, Depends(desk_of("urban_planning", Desk))]
